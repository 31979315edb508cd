import { estimateTokens, loadTokenEncoder } from '../../src/billing/pricing/token-estimate.js';
import { parseDecimal } from '../../src/common/money/micro-credits.js';

/**
 * What every model costs here. Half of all costs end on half a micro-credit and are rounded up; the others are whole, and
 * wrong as soon as anybody reckons with floats.
 */
export const PRICES = { inputUsdPerMtok: '0.30025', outputUsdPerMtok: '1.10025', creditsPerUsd: '2000' };

/** Prices have 9 decimals of a dollar per million tokens, credits 6. */
const SCALE = 10n ** 15n;
const MICRO_CREDITS_PER_USD = parseDecimal(PRICES.creditsPerUsd, 6);
const INPUT_RATE = parseDecimal(PRICES.inputUsdPerMtok, 9) * MICRO_CREDITS_PER_USD;
const OUTPUT_RATE = parseDecimal(PRICES.outputUsdPerMtok, 9) * MICRO_CREDITS_PER_USD;
const TOKENS_OF_A_MESSAGE = 4;

/** Micro-credits that so many tokens cost: exact, rounded once, up. */
export function costOf(promptTokens: number, completionTokens: number): bigint {
  const scaled = BigInt(promptTokens) * INPUT_RATE + BigInt(completionTokens) * OUTPUT_RATE;
  return (scaled + SCALE - 1n) / SCALE;
}

/** Credits as a frame has them, in micro-credits. */
export function microCredits(credits: number): bigint {
  return BigInt(Math.round(credits * 1e6));
}

/** To be awaited once before anything is counted. */
export const prepareOracle = loadTokenEncoder;

/** Our estimate of a conversation of one message, as docs/data-model.md says it is charged where the provider gives none. */
export function estimatedPrompt(text: string, isMessage: boolean): number {
  return estimateTokens(text) + (isMessage ? TOKENS_OF_A_MESSAGE : 0);
}

/** Our count of deltas, one by one. */
export function estimatedDeltas(deltas: readonly string[]): number {
  return deltas.reduce((sum, delta) => sum + estimateTokens(delta), 0);
}
