import { harmless, honoured, refused, type BodyField } from '../http/body-fields.js';
import type { Schema } from '../http/body-schema.js';
import { CHAT_MESSAGES } from './chat-messages-schema.js';
import { RESPONSE_FORMAT, TOOL_CHOICE, TOOLS } from './chat-tools-schema.js';

const number = (minimum: number, maximum: number): Schema => ({
  type: 'number',
  minimum,
  maximum,
  description: `a number from ${minimum} to ${maximum}`,
});
const tokens: Schema = {
  type: 'integer',
  minimum: 1,
  maximum: 1_000_000,
  description: 'a whole number from 1 to 1000000',
};
const flag: Schema = { type: 'boolean', description: 'true or false' };
const isEmpty = (value: unknown) => Object.keys(value as object).length === 0;
const isTextOnly = (value: unknown) => Array.isArray(value) && value.every((each) => each === 'text');

/** Every field that OpenAI documents for a chat, and three of our own at the end. */
export const CHAT_FIELDS: Readonly<Record<string, BodyField>> = {
  model: honoured({
    type: 'string',
    pattern: '^[\\x21-\\x7e]{1,200}$',
    description: 'a string of 1 to 200 printable ASCII characters without spaces',
  }),
  messages: honoured(CHAT_MESSAGES),
  stream: honoured(flag),
  stream_options: honoured({
    type: 'object',
    properties: { include_usage: flag, include_obfuscation: flag },
    additionalProperties: false,
    description: 'an object {include_usage}',
  }),
  max_completion_tokens: honoured(tokens),
  max_tokens: honoured(tokens),
  temperature: honoured(number(0, 2)),
  top_p: honoured(number(0, 1)),
  presence_penalty: honoured(number(-2, 2)),
  frequency_penalty: honoured(number(-2, 2)),
  seed: honoured({
    type: 'integer',
    minimum: Number.MIN_SAFE_INTEGER,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'a whole number',
  }),
  stop: honoured({
    anyOf: [
      { type: 'string', minLength: 1, maxLength: 256 },
      { type: 'array', maxItems: 4, items: { type: 'string', minLength: 1, maxLength: 256 } },
    ],
    description: 'a string or a list of at most 4 strings, of 1 to 256 characters each',
  }),
  tools: honoured(TOOLS),
  tool_choice: honoured(TOOL_CHOICE),
  parallel_tool_calls: honoured(flag),
  response_format: honoured(RESPONSE_FORMAT),
  reasoning_effort: honoured({ enum: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] }),
  logprobs: honoured(flag),
  top_logprobs: honoured({ type: 'integer', minimum: 0, maximum: 20, description: 'a whole number from 0 to 20' }),

  user: harmless('the token says who asks'),
  safety_identifier: harmless('the token says who asks'),
  metadata: harmless('nothing is kept of it'),
  store: harmless('answers are kept for their repeats alone, as every answer is'),
  service_tier: harmless('the provider decides'),
  prompt_cache_key: harmless('the provider decides'),
  prompt_cache_retention: harmless('the provider decides'),
  prompt_cache_options: harmless('the provider decides'),

  n: refused('there is one answer to a request', (value) => value === 1),
  logit_bias: refused('no provider but one has it', isEmpty),
  verbosity: refused('no provider but one has it', (value) => value === 'medium'),
  modalities: refused('answers are text', isTextOnly),
  audio: refused('answers are text'),
  prediction: refused('no provider but one has it'),
  moderation: refused('no provider but one has it'),
  web_search_options: refused('there is no web search'),
  functions: refused('send tools'),
  function_call: refused('send tool_choice'),

  provider: honoured({ type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$', description: "'auto' or a provider's name" }),
  fallback: honoured(flag),
  cache: honoured(flag),
};
