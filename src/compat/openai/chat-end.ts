import type { EndFrame } from '../answers/frames.js';

const FINISH_REASONS: Readonly<Record<string, string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  credits_exhausted: 'length',
};

/**
 * Why an answer ended, in OpenAI's words; `gateway.finish_reason` has ours. Whatever isn't known to be a whole answer is
 * shown as one that was cut: clients then don't take it for the end, nor run tools or read JSON out of it.
 */
export function finishReasonOf({ metadata }: EndFrame): string {
  return FINISH_REASONS[metadata.finishReason] ?? 'length';
}

export function usageOf({ usage }: EndFrame): object {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  };
}

/** What OpenAI's answers have no place for; their clients pass over a field that they don't know. */
export function gatewayFacts({ usage, metadata, balance }: EndFrame): object {
  return {
    provider: metadata.provider,
    attempts: metadata.attempts,
    latency_ms: metadata.latency,
    finish_reason: metadata.finishReason,
    ...(metadata.cached ? { cached: true } : {}),
    usage_source: usage.usageSource,
    credits: usage.credits,
    balance,
  };
}
