import { claudeSchema } from './anthropic-schema.js';

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

describe('claudeSchema', () => {
  it('closes objects and keeps what may be absent', () => {
    const schema = object({ a: { type: 'string', format: 'date' }, b: object({}) }, { required: ['a'], $schema: 'x' });
    expect(claudeSchema(schema)).toEqual({
      type: 'object',
      required: ['a'],
      properties: {
        a: { type: 'string', format: 'date' },
        b: { type: 'object', properties: {}, additionalProperties: false },
      },
      additionalProperties: false,
    });
  });

  it('tells the model of limits that can’t be enforced', () => {
    const schema = object({ age: { type: 'integer', description: 'In years.', minimum: 0, maximum: 150 } });
    expect(claudeSchema(schema)?.properties).toEqual({
      age: { type: 'integer', description: 'In years. {minimum: 0, maximum: 150}' },
    });
  });

  it('has one word for choices, and follows definitions', () => {
    const schema = object(
      { a: { $ref: '#/$defs/x' } },
      { $defs: { x: { oneOf: [{ type: 'string' }, { type: 'null' }] } } },
    );
    expect(claudeSchema(schema)).toMatchObject({ $defs: { x: { anyOf: [{ type: 'string' }, { type: 'null' }] } } });
  });

  it.each([
    ['a map', object({ a: { type: 'object', additionalProperties: { type: 'string' } } })],
    ['an object of any form', object({ a: { type: 'object' } })],
    ['an object that is open on purpose', object({}, { additionalProperties: true })],
    [
      'a schema that holds itself',
      object({ a: { $ref: '#/$defs/x' } }, { $defs: { x: object({ a: { $ref: '#/$defs/x' } }) } }),
    ],
    ['a reference to the root', object({ a: { $ref: '#' } })],
    ['a reference elsewhere', object({ a: { $ref: 'https://example.com/x' } })],
    ['a negation', object({ a: { not: { type: 'string' } } })],
    ['a condition', object({}, { if: {}, then: {} })],
  ])('gives up on %s', (_name, schema) => {
    expect(claudeSchema(schema)).toBeUndefined();
  });
});
