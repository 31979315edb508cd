import type { Schema } from '../http/body-schema.js';

const MOST_MESSAGES = 10_000;
const MOST_PARTS = 1_000;

const text: Schema = { type: 'string' };
const name: Schema = { type: 'string', minLength: 1, maxLength: 64, description: 'a string of 1 to 64 characters' };
const part = (type: string, properties: Record<string, Schema>, required: readonly string[]): Schema => ({
  properties: { type: { enum: [type] }, ...properties },
  required: ['type', ...required],
  additionalProperties: false,
});
const breakpoint: Schema = {
  type: 'object',
  properties: { mode: { enum: ['explicit'] }, ttl: { enum: ['30m', '12h'] } },
  required: ['mode'],
  additionalProperties: false,
  description: "an object {mode: 'explicit', ttl?}",
};
const TEXT_PART = part('text', { text, prompt_cache_breakpoint: breakpoint }, ['text']);
const REFUSAL_PART = part('refusal', { refusal: text }, ['refusal']);
const IMAGE_PART = part(
  'image_url',
  {
    image_url: {
      type: 'object',
      properties: { url: text, detail: { enum: ['auto', 'low', 'high'] } },
      required: ['url'],
      additionalProperties: false,
      description: 'an object {url, detail?}',
    },
    prompt_cache_breakpoint: breakpoint,
  },
  ['image_url'],
);

function content(...parts: Schema[]): Schema {
  return {
    anyOf: [
      text,
      {
        type: 'array',
        minItems: 1,
        maxItems: MOST_PARTS,
        items: { type: 'object', discriminator: { propertyName: 'type' }, required: ['type'], oneOf: parts },
      },
    ],
    description: `a string or a list of 1 to ${MOST_PARTS} parts`,
  };
}

const message = (roles: string[], properties: Record<string, Schema>, required: readonly string[]): Schema => ({
  properties: { role: { enum: roles }, ...properties },
  required: ['role', ...required],
  additionalProperties: false,
});
const TOOL_CALLS: Schema = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    properties: {
      id: text,
      type: { enum: ['function'] },
      function: {
        type: 'object',
        properties: { name: text, arguments: text, parsed_arguments: {} },
        required: ['name', 'arguments'],
        additionalProperties: false,
        description: 'an object {name, arguments}',
      },
      index: { type: 'integer' },
    },
    required: ['id', 'type', 'function'],
    additionalProperties: false,
    description: "a call {id, type: 'function', function}",
  },
  description: 'a list of calls of tools',
};

/** `messages`, without nulls: clients give assistants' messages back with them. */
export const CHAT_MESSAGES: Schema = {
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
      message(['system', 'developer'], { content: content(TEXT_PART), name }, ['content']),
      message(['user'], { content: content(TEXT_PART, IMAGE_PART), name }, ['content']),
      message(
        ['assistant'],
        {
          content: content(TEXT_PART, REFUSAL_PART),
          name,
          refusal: text,
          tool_calls: TOOL_CALLS,
          // As answers and the SDK's helpers have them; nothing is made of it.
          reasoning_content: text,
          annotations: { type: 'array' },
          parsed: {},
        },
        [],
      ),
      message(['tool'], { content: content(TEXT_PART), tool_call_id: text, name }, ['content', 'tool_call_id']),
    ],
  },
};
