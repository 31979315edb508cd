import { ceilDivide, ratesFor, type ModelPrice } from './model-price.js';

const SCALE = 10n ** 15n;

/** What a hold of a request without `maxTokens` covers at first, in output tokens; it grows before 80 % are used. */
export const INITIAL_OUTPUT_TOKENS = 4_096;

/** What a prompt may come to at one of the models that may answer: at most so many tokens, at this price. */
export interface PricedPrompt {
  price: ModelPrice;
  tokensBound: number;
}

/** What a hold must cover, at the dearest of the models that may answer. */
export class HoldSize {
  /** Micro-credits × 10^15 of the whole prompt. */
  private readonly promptScaled: bigint;
  /** Micro-credits × 10^15 of one output token. */
  private readonly tokenScaled: bigint;

  /** @param prompts of every model that may answer; at least one */
  constructor(prompts: readonly PricedPrompt[], microCreditsPerUsd: bigint) {
    const rated = prompts.map(({ price, tokensBound }) => ({ ...ratesFor(price, tokensBound), tokensBound }));
    const dearestPrompt = maximum(
      rated.map(({ input, cacheWrite, cacheWriteHour, tokensBound }) => {
        return BigInt(tokensBound) * maximum([input, cacheWrite, cacheWriteHour]);
      }),
    );
    this.promptScaled = dearestPrompt * microCreditsPerUsd;
    this.tokenScaled = maximum(rated.map(({ output }) => output)) * microCreditsPerUsd;
  }

  /** Micro-credits that cover the prompt and this many output tokens. */
  amountFor(outputTokens: number): bigint {
    return ceilDivide(this.promptScaled + BigInt(outputTokens) * this.tokenScaled, SCALE);
  }

  /** How many output tokens an amount covers beside the prompt; 0 where it doesn't cover even one, Infinity where output is free. */
  outputTokensWithin(amount: bigint): number {
    const left = amount * SCALE - this.promptScaled;
    if (left < 0n) return 0;
    return this.tokenScaled === 0n ? Infinity : Number(left / this.tokenScaled);
  }
}

function maximum(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), 0n);
}
