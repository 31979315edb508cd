import type { TokenUsage } from '../contract/token-usage.js';
import { asCount, asObject, type JsonObject } from '../http/json.js';

/**
 * A chat's usage object; undefined where there is none or it lacks a count. Zeros stay zeros. Gemini and xAI leave what
 * the model thought out of the answer's count and have it in the total alone; it is paid for all the same.
 */
export function openAiUsage(value: unknown): TokenUsage | undefined {
  const usage = asObject(value);
  const completion = asCount(usage?.completion_tokens);
  const prompt = openAiEmbeddingUsage(value);
  if (!usage || !prompt || completion === undefined) return undefined;
  const outputTokens = Math.max(completion, (asCount(usage.total_tokens) ?? 0) - prompt.inputTokens);
  const reasoned = asCount(asObject(usage.completion_tokens_details)?.reasoning_tokens);
  const reasoningTokens = reasoned ?? (outputTokens > completion ? outputTokens - completion : undefined);
  return { ...prompt, outputTokens, ...(reasoningTokens === undefined ? {} : { reasoningTokens }) };
}

/** An embedding's usage object, which counts no answer. */
export function openAiEmbeddingUsage(value: unknown): TokenUsage | undefined {
  const usage = asObject(value);
  const inputTokens = asCount(usage?.prompt_tokens);
  if (!usage || inputTokens === undefined) return undefined;
  const cachedInputTokens = cachedTokens(usage);
  const cacheWriteTokens = asCount(asObject(usage.prompt_tokens_details)?.cache_write_tokens);
  return {
    inputTokens,
    outputTokens: 0,
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
  };
}

/** DeepSeek and Moonshot have names of their own for it. */
function cachedTokens(usage: JsonObject): number | undefined {
  const details = asCount(asObject(usage.prompt_tokens_details)?.cached_tokens);
  return details ?? asCount(usage.prompt_cache_hit_tokens) ?? asCount(usage.cached_tokens);
}
