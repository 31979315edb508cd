import type { Schema } from '../http/body-schema.js';

const MOST_MESSAGES = 10_000;
const MOST_BLOCKS = 1_000;

const text: Schema = { type: 'string' };

/** Up to where the vendor may keep the prompt in its cache. */
export const CACHE_CONTROL: Schema = {
  type: 'object',
  properties: { type: { const: 'ephemeral' }, ttl: { enum: ['5m', '1h'] } },
  required: ['type'],
  additionalProperties: false,
  description: "an object {type: 'ephemeral', ttl?: '5m' or '1h'}",
};

const block = (type: string, properties: Record<string, Schema>, required: readonly string[]): Schema => ({
  properties: { type: { const: type }, ...properties },
  required: ['type', ...required],
  additionalProperties: false,
});

/** Citations are of documents, which are not served: those of older answers say nothing to the model. */
const TEXT = block('text', { text, citations: {}, cache_control: CACHE_CONTROL }, ['text']);
const IMAGE = block(
  'image',
  {
    source: {
      type: 'object',
      discriminator: { propertyName: 'type' },
      required: ['type'],
      description: "an object {type: 'base64', media_type, data} or {type: 'url', url}",
      oneOf: [
        block('base64', { media_type: text, data: text }, ['media_type', 'data']),
        block('url', { url: text }, ['url']),
      ],
    },
    cache_control: CACHE_CONTROL,
  },
  ['source'],
);
const TOOL_RESULT = block(
  'tool_result',
  {
    tool_use_id: text,
    content: content(TEXT, IMAGE),
    is_error: { type: 'boolean', description: 'true or false' },
    cache_control: CACHE_CONTROL,
  },
  ['tool_use_id'],
);
const TOOL_USE = block(
  'tool_use',
  {
    id: text,
    name: text,
    input: { type: 'object', description: 'an object' },
    caller: {
      type: 'object',
      properties: { type: { const: 'direct' } },
      required: ['type'],
      description: "{type: 'direct'}: calls by tools of the vendor's own are not served here",
    },
    cache_control: CACHE_CONTROL,
  },
  ['id', 'name', 'input'],
);
const THINKING = block('thinking', { thinking: text, signature: text }, ['thinking', 'signature']);
const REDACTED_THINKING = block('redacted_thinking', { data: text }, ['data']);

function content(...blocks: Schema[]): Schema {
  const items = { type: 'object', discriminator: { propertyName: 'type' }, required: ['type'], oneOf: blocks };
  return {
    anyOf: [text, { type: 'array', maxItems: MOST_BLOCKS, items: { ...items, description: 'a block {type, …}' } }],
    description: `a string or a list of at most ${MOST_BLOCKS} blocks`,
  };
}

const message = (role: string, ...blocks: Schema[]): Schema => ({
  properties: { role: { const: role }, content: content(...blocks) },
  required: ['role', 'content'],
  additionalProperties: false,
});

/** `system`. */
export const SYSTEM = content(TEXT);

/** `messages`, without nulls. */
export const MESSAGES: Schema = {
  type: 'array',
  minItems: 1,
  maxItems: MOST_MESSAGES,
  description: `a list of 1 to ${MOST_MESSAGES} messages`,
  items: {
    type: 'object',
    discriminator: { propertyName: 'role' },
    required: ['role'],
    description: 'a message {role, content}',
    oneOf: [
      message('user', TEXT, IMAGE, TOOL_RESULT),
      message('assistant', TEXT, THINKING, REDACTED_THINKING, TOOL_USE),
      message('system', TEXT),
    ],
  },
};
