/**
 * Money inside the gateway: whole micro-credits in a bigint (1 credit = 1,000,000 µcr). On the wire `credits` is a JSON
 * number with at most 6 decimals; nothing in between is ever a float.
 */
export type MicroCredits = bigint;

/** The ledger's cap: 15 digits, so that the same amount in credits is exact in a double (ledger.max_amount()). */
export const MAX_MICRO_CREDITS = 999_999_999_999_999n;

/** Micro-credits as the text of a JSON number in credits: 45000000n → '45', 1n → '0.000001'. */
export function creditsText(amount: MicroCredits): string {
  return decimalText(amount, 6);
}

/** A number that is scaled by 10^decimals as plain decimal text, without zeros at its end: (1500000n, 6) → '1.5'. */
export function decimalText(scaled: bigint, decimals: number): string {
  const sign = scaled < 0n ? '-' : '';
  const digits = `${scaled < 0n ? -scaled : scaled}`.padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -decimals)}${fraction && `.${fraction}`}`;
}

/** Micro-credits as a JSON-ready number of credits; exact up to MAX_MICRO_CREDITS. */
export function creditsNumber(amount: MicroCredits): number {
  return Number(creditsText(amount));
}

/**
 * Decimal text of credits ('45', '0.25') as micro-credits.
 * @throws RangeError where the text is no plain decimal or has more than 6 decimals.
 */
export function parseCredits(text: string): MicroCredits {
  return parseDecimal(text, 6);
}

/**
 * Decimal text scaled by 10^decimals, exactly: ('1.5', 6) → 1500000n.
 * @throws RangeError where the text is no plain decimal or has more decimals than that.
 */
export function parseDecimal(text: string, decimals: number): bigint {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[2] ?? '';
  if (!match || fraction.length > decimals)
    throw new RangeError(`'${text}' is no decimal with at most ${decimals} decimals`);
  return BigInt(match[1]! + fraction.padEnd(decimals, '0'));
}
