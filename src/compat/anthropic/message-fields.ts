import type { Schema } from '../http/body-schema.js';
import { harmless, honoured, refused, type BodyField } from '../http/body-fields.js';
import { CACHE_CONTROL, MESSAGES, SYSTEM } from './message-content-schema.js';
import { TOOL_CHOICE, TOOLS } from './message-tools-schema.js';

const flag: Schema = { type: 'boolean', description: 'true or false' };
const number = (minimum: number, maximum: number): Schema => ({
  type: 'number',
  minimum,
  maximum,
  description: `a number from ${minimum} to ${maximum}`,
});
const wholeNumber = (minimum: number, maximum: number): Schema => ({
  type: 'integer',
  minimum,
  maximum,
  description: `a whole number from ${minimum} to ${maximum}`,
});
const isEmpty = (value: unknown) => Object.keys(value as object).length === 0;

/** How much the model may think. How its thoughts are shown is for the provider to say. */
const THINKING: Schema = {
  type: 'object',
  discriminator: { propertyName: 'type' },
  required: ['type'],
  description: "an object {type: 'enabled', budget_tokens}, {type: 'adaptive'} or {type: 'disabled'}",
  oneOf: [
    {
      properties: { type: { const: 'enabled' }, budget_tokens: wholeNumber(1_024, 1_000_000), display: {} },
      required: ['type', 'budget_tokens'],
      additionalProperties: false,
    },
    {
      properties: { type: { enum: ['adaptive', 'between_tools', 'disabled'] }, display: {} },
      required: ['type'],
      additionalProperties: false,
    },
  ],
};

const OUTPUT_CONFIG: Schema = {
  type: 'object',
  properties: {
    effort: { enum: ['low', 'medium', 'high', 'xhigh', 'max'] },
    format: {
      type: 'object',
      properties: {
        type: { const: 'json_schema' },
        schema: { type: 'object', description: 'a JSON schema, an object' },
      },
      required: ['type', 'schema'],
      additionalProperties: false,
      description: "an object {type: 'json_schema', schema}",
    },
  },
  additionalProperties: false,
  description: 'an object {effort?, format?}',
};

/** Every field that Anthropic documents for a message, and three of our own at the end. */
export const MESSAGE_FIELDS: Readonly<Record<string, BodyField>> = {
  model: honoured({
    type: 'string',
    pattern: '^[\\x21-\\x7e]{1,200}$',
    description: 'a string of 1 to 200 printable ASCII characters without spaces',
  }),
  messages: honoured(MESSAGES),
  system: honoured(SYSTEM),
  max_tokens: honoured(wholeNumber(1, 1_000_000)),
  stream: honoured(flag),
  temperature: honoured(number(0, 1)),
  top_p: honoured(number(0, 1)),
  top_k: honoured(wholeNumber(0, 1_000_000)),
  stop_sequences: honoured({
    type: 'array',
    maxItems: 4,
    items: { type: 'string', minLength: 1, maxLength: 256 },
    description: 'a list of at most 4 strings of 1 to 256 characters: not every provider takes more',
  }),
  tools: honoured(TOOLS),
  tool_choice: honoured(TOOL_CHOICE),
  thinking: honoured(THINKING),
  output_config: honoured(OUTPUT_CONFIG),
  cache_control: honoured(CACHE_CONTROL),

  metadata: harmless('the token says who asks'),
  service_tier: harmless('the provider decides'),
  diagnostics: harmless('nothing is told of caches but what was read and written'),

  speed: refused('the provider decides', (value) => value === 'standard'),
  inference_geo: refused('the provider decides', (value) => value === 'global'),
  container: refused("tools of the vendor's own are not served"),
  mcp_servers: refused("tools of the vendor's own are not served", isEmpty),
  context_management: refused('messages go to the provider as they are', isEmpty),
  compaction: refused('messages go to the provider as they are'),
  fallbacks: refused('the gateway has its own'),
  fallback_credit_token: refused('the gateway has its own fallbacks'),
  billing_policy: refused(
    'the gateway charges its own credits',
    (value) => (value as { bill_to?: unknown }).bill_to === 'self',
  ),
  thread: refused('send the whole conversation'),
  output_format: refused('send output_config.format'),
  safeguards: refused('no provider but one has it', isEmpty),

  provider: honoured({ type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$', description: "'auto' or a provider's name" }),
  fallback: honoured(flag),
  cache: honoured(flag),
};
