import { parseDecimal } from '../../../src/common/money/micro-credits.js';

/** A second at $0.10 then costs a fraction of a micro-credit more than 100 credits: the price is rounded, up, and once. */
export const CREDITS_PER_USD = '1000.000001';

/** Micro-credits that so many seconds cost: exact. @param usdPerSecond decimal text */
export function priceOf(seconds: number, usdPerSecond: string): bigint {
  const scaled = BigInt(seconds) * parseDecimal(usdPerSecond, 6) * parseDecimal(CREDITS_PER_USD, 6);
  return (scaled + 999_999n) / 1_000_000n;
}
