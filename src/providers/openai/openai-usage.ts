import type { TokenUsage } from '../contract/token-usage.js';
import { asCount, asObject } from '../http/json.js';

/** A chat's usage object; undefined where there is none or it lacks a count. Zeros stay zeros. */
export function openAiUsage(value: unknown): TokenUsage | undefined {
  const outputTokens = asCount(asObject(value)?.completion_tokens);
  const usage = openAiEmbeddingUsage(value);
  return usage && outputTokens !== undefined ? { ...usage, outputTokens } : undefined;
}

/** An embedding's usage object, which counts no answer. */
export function openAiEmbeddingUsage(value: unknown): TokenUsage | undefined {
  const usage = asObject(value);
  const inputTokens = asCount(usage?.prompt_tokens);
  if (!usage || inputTokens === undefined) return undefined;
  const cachedInputTokens = asCount(asObject(usage.prompt_tokens_details)?.cached_tokens);
  const reasoningTokens = asCount(asObject(usage.completion_tokens_details)?.reasoning_tokens);
  return {
    inputTokens,
    outputTokens: 0,
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}
