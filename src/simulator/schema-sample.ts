import { retell } from './retell.js';
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

/** What a value is made for. */
interface Asked {
  root: JsonObject;
  question: string;
}

/**
 * A value that fits a schema: the first of several that do. Patterns are beyond it.
 * @param question what it answers: what that marks by a property's name (`<prompt>…</prompt>`) is told in that property
 */
export function sampleOf(schema: JsonObject, question = ''): unknown {
  return sample(schema, { root: schema, question }, 0);
}

/** @param name of the property that it is for */
function sample(value: unknown, asked: Asked, depth: number, name?: string): unknown {
  const schema = asSchema(value);
  if (depth > DEEPEST || !schema) return {};
  const { $ref: reference, enum: choices, anyOf, oneOf, allOf } = schema;
  if (typeof reference === 'string') return sample(resolve(reference, asked.root), asked, depth + 1, name);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(choices)) return choices[0];
  for (const variants of [anyOf, oneOf])
    if (Array.isArray(variants)) return sample(variants[0], asked, depth + 1, name);
  if (Array.isArray(allOf)) return sample(Object.assign({}, ...(allOf as object[])), asked, depth + 1, name);
  return sampleOfType(schema, asked, depth, name);
}

function sampleOfType(schema: JsonObject, asked: Asked, depth: number, name?: string): unknown {
  const type: unknown = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  const number = (name: string) => (typeof schema[name] === 'number' ? schema[name] : undefined);
  switch (type ?? (schema.properties ? 'object' : undefined)) {
    case 'object': {
      const properties = Object.entries(asSchema(schema.properties) ?? {});
      return Object.fromEntries(properties.map(([key, each]) => [key, sample(each, asked, depth + 1, key)]));
    }
    case 'array':
      return Array.from({ length: number('minItems') ?? 1 }, () => sample(schema.items, asked, depth + 1));
    case 'integer':
    case 'number':
      return number('minimum') ?? (number('exclusiveMinimum') ?? 0) + 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'string':
      return textFor(schema, asked.question, name)
        .slice(0, number('maxLength'))
        .padEnd(number('minLength') ?? 0, '.');
    default:
      return {};
  }
}

function textFor({ format }: JsonObject, question: string, name: string | undefined): string {
  const told = name === undefined ? undefined : retell(question, name);
  return TEXT_OF_FORMAT[String(format)] ?? told ?? 'text';
}

function resolve(reference: string, root: JsonObject): unknown {
  const steps = reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '');
  return steps.reduce<unknown>((part, step) => asSchema(part)?.[step], root);
}
