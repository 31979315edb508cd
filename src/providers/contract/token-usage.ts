/** What a provider says that a request used, all of it in tokens. */
export interface TokenUsage {
  /** Every token of the prompt, those read from or written to a cache included. */
  inputTokens: number;
  /** Every token of the answer, reasoning included. */
  outputTokens: number;
  /** The part of `inputTokens` read from the provider's cache. */
  cachedInputTokens?: number;
  /** The part of `inputTokens` written to the provider's cache. */
  cacheWriteTokens?: number;
  /** The part of `cacheWriteTokens` that is kept for an hour, which has a price of its own. */
  cacheWriteHourTokens?: number;
  /** The part of `outputTokens` spent on reasoning. */
  reasoningTokens?: number;
}
