import type { TokenUsage } from '../contract/token-usage.js';
import { asCount, asObject } from '../http/json.js';

/** A usage object of the wire; undefined where there is none or it counts no prompt. Zeros stay zeros. */
export function openAiUsage(value: unknown): TokenUsage | undefined {
  const usage = asObject(value);
  const inputTokens = asCount(usage?.prompt_tokens);
  if (!usage || inputTokens === undefined) return undefined;
  const cachedInputTokens = asCount(asObject(usage.prompt_tokens_details)?.cached_tokens);
  const reasoningTokens = asCount(asObject(usage.completion_tokens_details)?.reasoning_tokens);
  return {
    inputTokens,
    // Embeddings have no completion.
    outputTokens: asCount(usage.completion_tokens) ?? 0,
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}
