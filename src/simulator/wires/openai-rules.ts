import { isObject, textOf } from './message-text.js';
import { checkOpenAiMessages } from './openai-message-rules.js';
import { openAiFacts, type OpenAiFacts } from './openai-facts.js';
import { bad } from './openai-rejection.js';
import { checkStrictSchema } from './openai-schema-rules.js';
import { checkOpenAiTools } from './openai-tool-rules.js';
import type { JsonObject } from './wire.js';

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'temperature', 'top_p'],
  ...['n', 'stop', 'seed', 'presence_penalty', 'frequency_penalty', 'logit_bias', 'logprobs', 'top_logprobs', 'user'],
  ...[
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'functions',
    'function_call',
    'response_format',
    'reasoning_effort',
  ],
  ...['metadata', 'store', 'service_tier', 'prediction', 'modalities', 'audio', 'web_search_options', 'verbosity'],
  ...['safety_identifier', 'prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options'],
]);
const RANGES: readonly [string, number, number][] = [
  ['temperature', 0, 2],
  ['top_p', 0, 1],
  ['presence_penalty', -2, 2],
  ['frequency_penalty', -2, 2],
  ['top_logprobs', 0, 20],
];
const MOST_STOPS = 4;

/** @throws Rejection where OpenAI would answer 400. */
export function checkOpenAiRequest(body: JsonObject, model: string): void {
  const facts = openAiFacts(model);
  const unknown = Object.keys(body).find((field) => !KNOWN_FIELDS.has(field));
  if (unknown !== undefined) throw bad(`Unrecognized request argument supplied: ${unknown}`, unknown);
  checkOpenAiMessages(body.messages, facts);
  for (const [field, least, most] of RANGES) checkRange(body, field, least, most);
  if (body.stream_options != null && body.stream !== true) {
    throw bad("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  }
  if (body.top_logprobs != null && body.logprobs !== true) {
    throw bad("'top_logprobs' requires 'logprobs' to be set to true.", 'top_logprobs');
  }
  if (Array.isArray(body.stop) && body.stop.length > MOST_STOPS) {
    throw bad(`Invalid 'stop': array too long. Expected an array with maximum length ${MOST_STOPS}.`, 'stop');
  }
  checkOpenAiTools(body, facts);
  checkFormat(body, facts);
  checkReasoning(body, model, facts);
}

function checkRange(body: JsonObject, field: string, least: number, most: number): void {
  const value = body[field];
  if (value == null || (typeof value === 'number' && value >= least && value <= most)) return;
  throw bad(`Invalid '${field}': expected a value from ${least} to ${most}.`, field);
}

function checkFormat({ response_format: format, messages }: JsonObject, { takesSchemas }: OpenAiFacts): void {
  if (format == null) return;
  const type = isObject(format) ? format.type : undefined;
  if (type === 'text') return;
  if (type === 'json_object') {
    if ((messages as JsonObject[]).some(({ content }) => /json/i.test(textOf(content)))) return;
    const message =
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
    throw bad(message, 'messages');
  }
  const asked = isObject(format) && type === 'json_schema' ? format.json_schema : undefined;
  if (!isObject(asked) || typeof asked.name !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(asked.name)) {
    throw bad("Invalid value for 'response_format.json_schema.name'.", 'response_format.json_schema.name');
  }
  if (!takesSchemas) {
    const message = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.";
    throw bad(message, 'response_format');
  }
  if (asked.strict === true) checkStrictSchema(asked.schema, `response_format '${asked.name}'`, 'response_format');
}

function checkReasoning(body: JsonObject, model: string, facts: OpenAiFacts): void {
  const { reasoning_effort: effort, tools } = body;
  if (effort != null && facts.efforts === undefined) {
    throw bad('Unrecognized request argument supplied: reasoning_effort', 'reasoning_effort');
  }
  if (effort != null && !facts.efforts?.includes(effort as string)) {
    const known = facts.efforts?.map((each) => `'${each}'`).join(', ');
    const message = `Unsupported value: 'reasoning_effort' does not support ${JSON.stringify(effort)} with this model. Supported values are: ${known}.`;
    throw bad(message, 'reasoning_effort', 'unsupported_value');
  }
  if (facts.wantsNoReasoningWithTools && tools !== undefined && effort !== 'none') {
    const message = `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.`;
    throw bad(message, 'reasoning_effort');
  }
  if (facts.reasons) checkNoSampling(body, effort === 'none');
}

function checkNoSampling(body: JsonObject, isOff: boolean): void {
  if (!isOff && body.temperature != null && body.temperature !== 1) {
    const message = `Unsupported value: 'temperature' does not support ${JSON.stringify(body.temperature)} with this model. Only the default (1) value is supported.`;
    throw bad(message, 'temperature', 'unsupported_value');
  }
  const refused = [
    'stop',
    'presence_penalty',
    'frequency_penalty',
    ...(isOff ? [] : ['top_p', 'logprobs', 'top_logprobs']),
  ];
  const field = refused.find((name) => body[name] != null && body[name] !== false);
  if (field === undefined) return;
  throw bad(`Unsupported parameter: '${field}' is not supported with this model.`, field, 'unsupported_parameter');
}
