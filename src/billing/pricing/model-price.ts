import { decimalText, MAX_MICRO_CREDITS } from '../../common/money/micro-credits.js';
import type { TokenUsage } from '../../providers/contract/token-usage.js';

/** Prices of one tier, in nano-US-dollars per million tokens ($30 per million = 30,000,000,000). */
export interface Rates {
  input: bigint;
  cachedInput: bigint;
  cacheWrite: bigint;
  /** Written to a cache that keeps it for an hour. */
  cacheWriteHour: bigint;
  output: bigint;
}

/** What a model costs. Tiers are sorted by where they begin; the first begins at 0 input tokens. */
export interface ModelPrice {
  /** Where the price comes from, for the receipt: 'genai-prices', 'override', 'default'. */
  source: string;
  tiers: { fromInputTokens: number; rates: Rates }[];
}

/** nano-dollars per million tokens × micro-credits per dollar gives micro-credits × 10^15. */
const SCALE = 10n ** 15n;

/** The rates that hold for a prompt of this many tokens: the whole request is priced by the tier its prompt falls into. */
export function ratesFor(price: ModelPrice, inputTokens: number): Rates {
  return price.tiers.findLast((tier) => inputTokens >= tier.fromInputTokens)?.rates ?? price.tiers[0]!.rates;
}

/** Whether one price exceeds another's in any class of tokens, in any tier. */
export function isDearer(price: ModelPrice, other: ModelPrice): boolean {
  return price.tiers.some(({ fromInputTokens, rates }) => {
    const others = ratesFor(other, fromInputTokens);
    return (Object.keys(rates) as (keyof Rates)[]).some((each) => rates[each] > others[each]);
  });
}

/**
 * What a usage costs, in micro-credits, rounded once, up; at most what the ledger takes, whatever a provider reports.
 * @param microCreditsPerUsd CREDITS_PER_USD × 1,000,000
 */
export function costOf(usage: TokenUsage, price: ModelPrice, microCreditsPerUsd: bigint): bigint {
  const rates = ratesFor(price, usage.inputTokens);
  const cached = usage.cachedInputTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const writtenForAnHour = Math.min(usage.cacheWriteHourTokens ?? 0, written);
  const plain = Math.max(0, usage.inputTokens - cached - written);
  const nanoDollars =
    BigInt(plain) * rates.input +
    BigInt(cached) * rates.cachedInput +
    BigInt(written - writtenForAnHour) * rates.cacheWrite +
    BigInt(writtenForAnHour) * rates.cacheWriteHour +
    BigInt(usage.outputTokens) * rates.output;
  const cost = ceilDivide(nanoDollars * microCreditsPerUsd, SCALE);
  return cost < MAX_MICRO_CREDITS ? cost : MAX_MICRO_CREDITS;
}

/** Micro-credits of one token at a rate, as exact decimal text: the reaper multiplies it in SQL. */
export function microCreditsPerToken(rate: bigint, microCreditsPerUsd: bigint): string {
  return decimalText(rate * microCreditsPerUsd, 15);
}

export function ceilDivide(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}
