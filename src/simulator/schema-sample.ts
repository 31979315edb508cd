import { asSchema } from './wires/json-schema.js';
import type { JsonObject } from './wires/wire.js';

const DEEPEST = 12;
const TEXT_OF_FORMAT: Record<string, string> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  duration: 'P1D',
  email: 'someone@example.com',
  hostname: 'example.com',
  uri: 'https://example.com/',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** A value that fits a schema: the first of several that do. Patterns are beyond it. */
export function sampleOf(schema: JsonObject): unknown {
  return sample(schema, schema, 0);
}

function sample(value: unknown, root: JsonObject, depth: number): unknown {
  const schema = asSchema(value);
  if (depth > DEEPEST || !schema) return {};
  const { $ref: reference, enum: choices, anyOf, oneOf, allOf } = schema;
  if (typeof reference === 'string') return sample(resolve(reference, root), root, depth + 1);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(choices)) return choices[0];
  for (const variants of [anyOf, oneOf]) if (Array.isArray(variants)) return sample(variants[0], root, depth + 1);
  if (Array.isArray(allOf)) return sample(Object.assign({}, ...(allOf as object[])), root, depth + 1);
  return sampleOfType(schema, root, depth);
}

function sampleOfType(schema: JsonObject, root: JsonObject, depth: number): unknown {
  const type: unknown = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  const number = (name: string) => (typeof schema[name] === 'number' ? schema[name] : undefined);
  switch (type ?? (schema.properties ? 'object' : undefined)) {
    case 'object': {
      const properties = Object.entries(asSchema(schema.properties) ?? {});
      return Object.fromEntries(properties.map(([name, each]) => [name, sample(each, root, depth + 1)]));
    }
    case 'array':
      return Array.from({ length: number('minItems') ?? 1 }, () => sample(schema.items, root, depth + 1));
    case 'integer':
    case 'number':
      return number('minimum') ?? (number('exclusiveMinimum') ?? 0) + 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'string':
      return (TEXT_OF_FORMAT[String(schema.format)] ?? 'text').padEnd(number('minLength') ?? 0, '.');
    default:
      return {};
  }
}

function resolve(reference: string, root: JsonObject): unknown {
  const steps = reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '');
  return steps.reduce<unknown>((part, step) => asSchema(part)?.[step], root);
}
