import type { FinishReason } from '../contract/stream-part.js';

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['end_turn', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['tool_calls', 'tool_calls'],
  ['tool_use', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'content_filter'],
  ['safety', 'content_filter'],
]);

/** The server gave up in the middle of the answer: OpenRouter's word, DeepSeek's. */
const FAILURES: ReadonlySet<string> = new Set(['error', 'insufficient_system_resource']);

/** Whether a finish reason means that there is no answer. */
export function isFailure(reason: string): boolean {
  return FAILURES.has(reason.toLowerCase());
}

/**
 * OpenAI's reason in our words; one that we have no word for is `unknown`, not an error. An answer that called tools
 * ended for that, also where the server says `stop`, as OpenAI does where the call was asked for by name.
 */
export function openAiFinishReason(reason: string, hasCalledTools = false): FinishReason {
  const known = REASONS.get(reason.toLowerCase()) ?? 'unknown';
  return known === 'stop' && hasCalledTools ? 'tool_calls' : known;
}
