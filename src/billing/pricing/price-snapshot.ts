import { ratesFor, type ModelPrice } from './model-price.js';

/** Rates as receipts show them, in US dollars per million tokens. */
export interface PriceSnapshot {
  /** Whose price it is: 'genai-prices', 'override' or 'default'. */
  source: string;
  inputUsdPerMtok: number;
  outputUsdPerMtok: number;
  cachedInputUsdPerMtok: number;
  cacheWriteUsdPerMtok: number;
  cacheWriteHourUsdPerMtok: number;
}

/** The rates that hold for a prompt of this many tokens. */
export function priceSnapshot(price: ModelPrice, inputTokens: number): PriceSnapshot {
  const { input, output, cachedInput, cacheWrite, cacheWriteHour } = ratesFor(price, inputTokens);
  return {
    source: price.source,
    inputUsdPerMtok: dollars(input),
    outputUsdPerMtok: dollars(output),
    cachedInputUsdPerMtok: dollars(cachedInput),
    cacheWriteUsdPerMtok: dollars(cacheWrite),
    cacheWriteHourUsdPerMtok: dollars(cacheWriteHour),
  };
}

/** For showing, not for reckoning: a double is exact enough for the at most 9 decimals of a price. */
function dollars(nanoDollars: bigint): number {
  return Number(nanoDollars) / 1e9;
}
