import { checkCacheControl } from './anthropic-cache-rules.js';
import { anthropicFacts, type AnthropicFacts } from './anthropic-facts.js';
import { checkAnthropicMessages } from './anthropic-message-rules.js';
import { bad } from './anthropic-rejection.js';
import { checkConstrainedSchema } from './anthropic-schema-rules.js';
import { checkThinking } from './anthropic-thinking-rules.js';
import { checkAnthropicTools } from './anthropic-tool-rules.js';
import { isObject } from './message-text.js';
import type { JsonObject } from './wire.js';

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'max_tokens', 'system', 'stream', 'stop_sequences', 'temperature', 'top_p', 'top_k'],
  ...['tools', 'tool_choice', 'thinking', 'output_config', 'metadata', 'service_tier', 'container', 'cache_control'],
  ...['inference_geo', 'speed', 'diagnostics'],
]);

/** @throws Rejection where Anthropic would answer 400. */
export function checkAnthropicRequest(body: JsonObject, model: string): void {
  const facts = anthropicFacts(model);
  const unknown = Object.keys(body).find((field) => !KNOWN_FIELDS.has(field));
  if (unknown !== undefined) throw bad(`${unknown}: Extra inputs are not permitted`);
  checkSystem(body.system);
  checkAnthropicMessages(body.messages, facts);
  checkStops(body.stop_sequences);
  checkSampling(body, facts);
  checkAnthropicTools(body, facts);
  checkThinking(body, model, facts);
  checkOutput(body, facts);
  checkCacheControl(body);
}

function checkSystem(system: unknown): void {
  if (system === undefined || typeof system === 'string') return;
  if (!Array.isArray(system)) throw bad('system: Input should be a valid string');
  system.forEach((block: unknown, index) => {
    const isText = isObject(block) && block.type === 'text' && typeof block.text === 'string';
    if (!isText) throw bad(`system.${index}.type: Input should be 'text'`);
    if ((block.text as string).trim() === '') throw bad('system: text content blocks must contain non-whitespace text');
  });
}

function checkStops(sequences: unknown): void {
  if (sequences === undefined) return;
  const isList = Array.isArray(sequences) && sequences.every((each) => typeof each === 'string');
  if (!isList) throw bad('stop_sequences: Input should be a valid list');
  if (sequences.some((each: string) => each.trim() === ''))
    throw bad('stop_sequences: each stop sequence must contain non-whitespace');
}

function checkSampling(body: JsonObject, { takesSampling, takesBothSamplings }: AnthropicFacts): void {
  for (const field of ['temperature', 'top_p']) {
    const value = body[field];
    if (value === undefined) continue;
    if (typeof value !== 'number' || value < 0 || value > 1) throw bad(`${field}: range: 0..1`);
    if (!takesSampling) throw bad(`\`${field}\` is deprecated for this model.`);
  }
  if (takesBothSamplings || body.temperature === undefined || body.top_p === undefined) return;
  throw bad('`temperature` and `top_p` cannot both be specified for this model. Please use only one.');
}

function checkOutput({ output_config: output, messages }: JsonObject, facts: AnthropicFacts): void {
  if (output === undefined) return;
  if (!isObject(output)) throw bad('output_config: Input should be an object');
  const { effort, format, ...others } = output;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw bad(`output_config.${unknown}: Extra inputs are not permitted`);
  if (effort != null && facts.efforts.length === 0) throw bad('This model does not support the effort parameter.');
  if (effort != null && !facts.efforts.includes(effort as string)) {
    throw bad(`output_config.effort: Input should be ${facts.efforts.map((each) => `'${each}'`).join(', ')}`);
  }
  if (format == null) return;
  if (!facts.takesSchemas) throw bad('output_config.format: This model does not support structured outputs.');
  if (!isObject(format) || format.type !== 'json_schema')
    throw bad("output_config.format.type: Input should be 'json_schema'");
  if ((messages as JsonObject[]).at(-1)?.role === 'assistant')
    throw bad('output_config.format: is not compatible with prefill.');
  checkConstrainedSchema(format.schema, 'output_config.format.schema');
}
