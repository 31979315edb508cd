import type { Schema } from '../http/body-schema.js';

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean', description: 'true or false' };
const jsonSchema: Schema = { type: 'object', description: 'a JSON schema, an object' };

/** What is asked of the model beside its answer: functions that it may call. */
export const TOOLS: Schema = {
  type: 'array',
  description: 'a list of tools',
  items: {
    type: 'object',
    required: ['type'],
    description: "a tool {type: 'function', function}",
    discriminator: { propertyName: 'type' },
    oneOf: [
      {
        properties: {
          type: { enum: ['function'] },
          function: {
            type: 'object',
            properties: { name: text, description: text, parameters: jsonSchema, strict: flag },
            required: ['name'],
            additionalProperties: false,
            description: 'an object {name, description?, parameters?, strict?}',
          },
        },
        required: ['type', 'function'],
        additionalProperties: false,
      },
    ],
  },
};

export const TOOL_CHOICE: Schema = {
  anyOf: [
    { enum: ['none', 'auto', 'required'] },
    {
      type: 'object',
      properties: {
        type: { enum: ['function'] },
        function: { type: 'object', properties: { name: text }, required: ['name'], additionalProperties: false },
      },
      required: ['type', 'function'],
      additionalProperties: false,
    },
  ],
  description:
    "'none', 'auto', 'required' or {type: 'function', function: {name}}; for allowed_tools, leave the other tools out",
};

export const RESPONSE_FORMAT: Schema = {
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  description: "an object {type: 'text'}, {type: 'json_object'} or {type: 'json_schema', json_schema}",
  oneOf: [
    { properties: { type: { enum: ['text', 'json_object'] } }, required: ['type'], additionalProperties: false },
    {
      properties: {
        type: { enum: ['json_schema'] },
        json_schema: {
          type: 'object',
          properties: { name: text, description: text, schema: jsonSchema, strict: flag },
          required: ['name'],
          additionalProperties: false,
          description: 'an object {name, schema, description?, strict?}',
        },
      },
      required: ['type', 'json_schema'],
      additionalProperties: false,
    },
  ],
};
