/** Runway's price of a credit is $0.01 (docs.dev.runwayml.com/guides/pricing). */
const CREDITS_PER_USD = 100;
const USD_DECIMALS = 6;

/** US dollars, as decimal text with at most 6 decimals; undefined for what is no number of credits. */
export function usdOfCredits(credits: unknown): string | undefined {
  if (typeof credits !== 'number' || !Number.isFinite(credits) || credits < 0) return undefined;
  return (credits / CREDITS_PER_USD).toFixed(USD_DECIMALS).replace(/\.?0+$/, '');
}
