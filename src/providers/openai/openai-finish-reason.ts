import type { FinishReason } from '../contract/stream-part.js';

/**
 * The words of OpenAI and of those who speak its wire, in small letters. Beside OpenAI's own: Mistral's `model_length`,
 * Together's and TGI's `eos`, Gemini's (Candidate.FinishReason), Cohere's, Zhipu's `sensitive`, watsonx's `time_limit`
 * and `token_limit`, Bedrock's, Anthropic's through a proxy, vLLM's `repetition`, llama.cpp's old `limit`.
 */
const WORDS: Readonly<Record<Exclude<FinishReason, 'unknown'>, readonly string[]>> = {
  stop: ['stop', 'eos', 'eos_token', 'end_turn', 'stop_sequence', 'complete'],
  length: [
    'length',
    'limit',
    'max_tokens',
    'max_output_tokens',
    'max_completion_tokens',
    'model_length',
    'token_limit',
    'time_limit',
    'error_limit',
    'model_context_window_exceeded',
    'pause_turn',
    'compaction',
    'repetition',
  ],
  tool_calls: ['tool_calls', 'tool_call', 'tool_use', 'function_call'],
  content_filter: [
    'content_filter',
    'content_filtered',
    'safety',
    'recitation',
    'blocklist',
    'prohibited_content',
    'spii',
    'language',
    'image_safety',
    'model_armor',
    'refusal',
    'sensitive',
    'error_toxic',
    'guardrail_intervened',
  ],
};
const REASONS: ReadonlyMap<string, FinishReason> = new Map(
  Object.entries(WORDS).flatMap(([ours, words]) => words.map((word) => [word, ours as FinishReason])),
);

/**
 * The server gave up in the middle of the answer: OpenRouter's, Mistral's and Cohere's word, DeepSeek's, Zhipu's, vLLM's
 * and SGLang's (`abort`), watsonx's (`cancelled`).
 */
const FAILURES: ReadonlySet<string> = new Set([
  'error',
  'insufficient_system_resource',
  'network_error',
  'abort',
  'aborted',
  'cancelled',
  'canceled',
  'timeout',
]);

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
