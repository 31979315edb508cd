import type { JsonSchema } from '../contract/tool.js';
import { asObject, asText } from '../http/json.js';
import { isRecursive } from './recursive-schema.js';

/** What Claude's constrained output keeps to (structured outputs guide, November 2026). */
const KEPT: readonly string[] = ['$ref', 'type', 'enum', 'const', 'title', 'description', 'required'];
const FORMATS: ReadonlySet<unknown> = new Set([
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
]);
/** Refused, but as good as kept to if the model is told of them: they go into the description. */
const TOLD: readonly string[] = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'format', 'default', 'examples'],
];
/** Say nothing of the values. */
const DROPPED: readonly string[] = ['$schema', '$id', '$comment'];
const SUBSCHEMAS = ['properties', '$defs'] as const;
const HANDLED: ReadonlySet<string> = new Set([
  ...KEPT,
  ...TOLD,
  ...DROPPED,
  ...SUBSCHEMAS,
  ...['items', 'anyOf', 'oneOf', 'allOf', 'additionalProperties'],
]);

/**
 * A schema that Claude's constrained output takes: objects that say nothing of further properties get none, `oneOf` is
 * `anyOf`, and limits that it can't enforce are told to the model in the description. Undefined where it would take another
 * meaning: maps, free objects, recursion, `not`, conditions. Such a schema is asked for in another way.
 */
export function claudeSchema(schema: JsonSchema): JsonSchema | undefined {
  return isRecursive(schema) ? undefined : narrow(schema);
}

function narrow(value: unknown): JsonSchema | undefined {
  const schema = asObject(value);
  if (!schema || !Object.keys(schema).every((keyword) => HANDLED.has(keyword))) return undefined;
  const result: JsonSchema = {};
  for (const keyword of KEPT) if (schema[keyword] !== undefined) result[keyword] = schema[keyword];
  if (!narrowParts(schema, result) || !closeObject(schema, result)) return undefined;
  tell(schema, result);
  return result;
}

/** @returns false where a part of the schema can't be kept to */
function narrowParts(schema: JsonSchema, result: JsonSchema): boolean {
  for (const keyword of SUBSCHEMAS) {
    if (schema[keyword] === undefined) continue;
    const parts = Object.entries(asObject(schema[keyword]) ?? {}).map(([name, part]) => [name, narrow(part)] as const);
    if (parts.some(([, part]) => part === undefined)) return false;
    result[keyword] = Object.fromEntries(parts);
  }
  for (const [keyword, narrowed] of [
    ['anyOf', 'anyOf'],
    ['oneOf', 'anyOf'],
    ['allOf', 'allOf'],
  ] as const) {
    const variants = schema[keyword];
    if (variants === undefined) continue;
    if (!Array.isArray(variants) || result[narrowed] !== undefined) return false;
    const parts = variants.map(narrow);
    if (parts.some((part) => part === undefined)) return false;
    result[narrowed] = parts;
  }
  return schema.items === undefined || (result.items = narrow(schema.items)) !== undefined;
}

/** @returns false where the object may have properties that nobody names */
function closeObject(schema: JsonSchema, result: JsonSchema): boolean {
  const { type, properties, additionalProperties } = schema;
  if (Array.isArray(type) && type.includes('object')) return false;
  if (type !== 'object' && properties === undefined) return additionalProperties === undefined;
  if (additionalProperties === undefined ? properties === undefined : additionalProperties !== false) return false;
  result.additionalProperties = false;
  return true;
}

function tell(schema: JsonSchema, result: JsonSchema): void {
  const { format } = schema;
  if (FORMATS.has(format)) result.format = format;
  const told = TOLD.filter((keyword) => schema[keyword] !== undefined && result[keyword] === undefined).map(
    (keyword) => `${keyword}: ${JSON.stringify(schema[keyword])}`,
  );
  if (told.length === 0) return;
  result.description = [asText(schema.description), `{${told.join(', ')}}`].filter(Boolean).join(' ');
}
