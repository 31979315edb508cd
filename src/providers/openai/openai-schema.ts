import type { JsonSchema } from '../contract/tool.js';
import { asObject } from '../http/json.js';

/** What OpenAI's strict mode knows of JSON schema (structured outputs guide, November 2026); anything else is refused. */
const KNOWN_KEYWORDS: ReadonlySet<string> = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'const', 'anyOf', '$ref'],
  ...['$defs', 'definitions', '$schema', 'title', 'description', 'pattern', 'format', 'multipleOf'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minItems', 'maxItems'],
]);

/**
 * A schema that strict mode takes and whose every value fits the one that was given: objects that say nothing of further
 * properties get none. Undefined where it would take another meaning to fit: a property that may be absent, a keyword
 * that strict mode refuses. The schema then goes along as it is, without strictness.
 */
export function strictSchema(schema: JsonSchema): JsonSchema | undefined {
  if (schema.type !== 'object' || schema.anyOf !== undefined) return undefined; // refused at the root
  return narrow(schema);
}

function narrow(value: unknown): JsonSchema | undefined {
  const schema = asObject(value);
  if (!schema || !Object.keys(schema).every((keyword) => KNOWN_KEYWORDS.has(keyword))) return undefined;
  const result: JsonSchema = { ...schema };
  for (const keyword of ['properties', '$defs', 'definitions']) {
    if (result[keyword] === undefined) continue;
    const narrowed = narrowEach(Object.entries(asObject(result[keyword]) ?? {}));
    if (!narrowed) return undefined;
    result[keyword] = Object.fromEntries(narrowed);
  }
  if (result.items !== undefined && !(result.items = narrow(result.items))) return undefined;
  if (Array.isArray(result.anyOf)) {
    const narrowed = narrowEach(result.anyOf.map((each, index) => [String(index), each as unknown]));
    if (!narrowed) return undefined;
    result.anyOf = narrowed.map(([, each]) => each);
  }
  return isObjectSchema(result) ? closed(result) : result;
}

function narrowEach(entries: [string, unknown][]): [string, JsonSchema][] | undefined {
  const narrowed = entries.map(([name, each]) => [name, narrow(each)] as const);
  return narrowed.every((entry): entry is [string, JsonSchema] => entry[1] !== undefined) ? narrowed : undefined;
}

function isObjectSchema({ type, properties }: JsonSchema): boolean {
  return properties !== undefined || type === 'object' || (Array.isArray(type) && type.includes('object'));
}

/** An object has to have all of its properties and no others. */
function closed(schema: JsonSchema): JsonSchema | undefined {
  const { additionalProperties, properties, required = [] } = schema;
  const isOpen = additionalProperties === undefined ? properties === undefined : additionalProperties !== false;
  const names = Object.keys(asObject(properties) ?? {});
  const isWhole = names.every((name) => Array.isArray(required) && required.includes(name));
  return isOpen || !isWhole ? undefined : { ...schema, required, additionalProperties: false };
}
