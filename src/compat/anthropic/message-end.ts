import type { EndFrame } from '../answers/frames.js';

const STOP_REASONS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  credits_exhausted: 'max_tokens',
};
const REFUSAL = { type: 'refusal', category: null, explanation: null };

/** Why an answer ended, in Anthropic's words; `gateway.finish_reason` has ours. */
export interface MessageStop {
  stop_reason: string;
  stop_sequence: string | null;
  stop_details: typeof REFUSAL | null;
}

export function stopOf({ metadata }: EndFrame): MessageStop {
  const { finishReason, stopSequence } = metadata;
  if (finishReason === 'stop' && stopSequence !== undefined)
    return { stop_reason: 'stop_sequence', stop_sequence: stopSequence, stop_details: null };
  const reason = STOP_REASONS[finishReason] ?? 'max_tokens'; // as in chat-end.ts: cut, unless it is known to be whole
  return { stop_reason: reason, stop_sequence: null, stop_details: reason === 'refusal' ? REFUSAL : null };
}

/** What an answer used. Unlike ours, Anthropic's `input_tokens` are those alone that no cache had anything to do with. */
export function messageUsage({ usage }: EndFrame): object {
  const { promptTokens, completionTokens, cachedTokens = 0, cacheWriteTokens = 0, cacheWriteHourTokens = 0 } = usage;
  return {
    input_tokens: promptTokens - cachedTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: cacheWriteTokens - cacheWriteHourTokens,
      ephemeral_1h_input_tokens: cacheWriteHourTokens,
    },
    output_tokens: completionTokens,
    output_tokens_details: usage.reasoningTokens === undefined ? null : { thinking_tokens: usage.reasoningTokens },
  };
}
