import type { Schema } from '../http/body-schema.js';
import { CACHE_CONTROL } from './message-content-schema.js';

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean', description: 'true or false' };

/** Functions that the model may ask the client to call. */
export const TOOLS: Schema = {
  type: 'array',
  description: 'a list of tools',
  items: {
    type: 'object',
    properties: {
      type: { const: 'custom', description: "'custom': tools of the vendor's own are not served here" },
      name: text,
      description: text,
      input_schema: { type: 'object', description: 'a JSON schema, an object' },
      strict: flag,
      cache_control: CACHE_CONTROL,
      // Nothing is made of these two: pieces of arguments are always passed on as they come.
      eager_input_streaming: flag,
      input_examples: { type: 'array', description: 'a list of inputs' },
      defer_loading: { const: false, description: 'false: there is no search for tools here' },
      allowed_callers: {
        type: 'array',
        items: { const: 'direct' },
        description: "['direct']: calls by tools of the vendor's own are not served here",
      },
    },
    required: ['name', 'input_schema'],
    additionalProperties: false,
    description: 'a tool {name, description?, input_schema}',
  },
};

const choice = (type: string, properties: Record<string, Schema> = {}): Schema => ({
  properties: { type: { const: type }, ...properties },
  required: ['type', ...Object.keys(properties).filter((name) => name === 'name')],
  additionalProperties: false,
});
const parallel = { disable_parallel_tool_use: flag };

export const TOOL_CHOICE: Schema = {
  type: 'object',
  discriminator: { propertyName: 'type' },
  required: ['type'],
  description: "an object {type: 'auto', 'any', 'none' or 'tool', name}",
  oneOf: [
    choice('auto', parallel),
    choice('any', parallel),
    choice('tool', { name: text, ...parallel }),
    choice('none', parallel),
  ],
};
