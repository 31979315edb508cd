import { strictSchema } from './openai-schema.js';

const object = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  ...more,
});

describe('strictSchema', () => {
  it('closes objects that say nothing of further properties, however deep', () => {
    const inner = object({ b: { type: 'string' } });
    const schema = object(
      { a: { type: 'array', items: inner }, c: { anyOf: [inner, { type: 'null' }] } },
      { $defs: { inner } },
    );
    const closed = { ...inner, additionalProperties: false };
    expect(strictSchema(schema)).toEqual({
      ...object({ a: { type: 'array', items: closed }, c: { anyOf: [closed, { type: 'null' }] } }),
      $defs: { inner: closed },
      additionalProperties: false,
    });
  });

  it('changes nothing of a schema that fits, nor of the one that it was given', () => {
    const schema = object({ a: { type: 'integer', minimum: 1 } }, { additionalProperties: false });
    expect(strictSchema(schema)).toEqual(schema);
    const open = object({});
    strictSchema(open);
    expect(open).not.toHaveProperty('additionalProperties');
  });

  it.each([
    ['a property that may be absent', object({ a: { type: 'string' } }, { required: [] })],
    ['a map', object({ a: { type: 'object', additionalProperties: { type: 'string' } } })],
    ['an object that is open on purpose', object({}, { additionalProperties: true })],
    ['an object of any form', object({ a: { type: 'object' } })],
    ['a keyword that is refused', object({ a: { type: 'string', minLength: 1 } })],
    ['a root that is no object', { type: 'array', items: { type: 'string' } }],
    ['a choice at the root', { anyOf: [object({})] }],
    ['all of several', object({ a: { allOf: [{ type: 'string' }] } })],
  ])('gives up on %s', (_name, schema) => {
    expect(strictSchema(schema)).toBeUndefined();
  });
});
