import type { Schema } from '../http/body-schema.js';

/** OpenAI's own limit of inputs in one request. */
const MOST_INPUTS = 2_048;

const text: Schema = { type: 'string', minLength: 1 };
const tokens: Schema = { type: 'array', minItems: 1, items: { type: 'integer', minimum: 0 } };

/** The body of `POST /v1/embeddings`: OpenAI's fields, and two of our own. */
export const EMBEDDING_SCHEMA: Schema = {
  type: 'object',
  properties: {
    model: {
      type: 'string',
      pattern: '^[\\x21-\\x7e]{1,200}$',
      description: 'a string of 1 to 200 printable ASCII characters without spaces',
    },
    input: {
      anyOf: [
        text,
        tokens,
        { type: 'array', minItems: 1, maxItems: MOST_INPUTS, items: text },
        { type: 'array', minItems: 1, maxItems: MOST_INPUTS, items: tokens },
      ],
      description: `a string, a list of tokens, or a list of 1 to ${MOST_INPUTS} of either, none empty`,
    },
    dimensions: { type: 'integer', minimum: 1, maximum: 100_000, description: 'a whole number from 1 to 100000' },
    encoding_format: { enum: ['float', 'base64'] },
    user: { type: 'string', description: 'a string; the token says who asks' },
    provider: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$', description: "'auto' or a provider's name" },
    cache: { type: 'boolean', description: 'true or false' },
  },
  required: ['model', 'input'],
  additionalProperties: false,
};
