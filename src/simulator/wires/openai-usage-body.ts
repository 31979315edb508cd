import type { ReplyHead, SentTokens } from './wire.js';

/** The usage that OpenAI reports; undefined: it reports none. */
export function openAiUsageOf(head: ReplyHead, { completionTokens, reasoningTokens }: SentTokens): object | undefined {
  const usage = head.usageAfter(completionTokens, reasoningTokens);
  if (!usage) return undefined;
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedTokens,
      audio_tokens: 0,
      ...(usage.cacheWriteTokens > 0 ? { cache_write_tokens: usage.cacheWriteTokens } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
