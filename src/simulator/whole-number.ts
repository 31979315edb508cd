/** A whole number from 0 to `maximum`, from text or JSON; undefined where it is none. */
export function wholeNumber(value: unknown, maximum: number): number | undefined {
  const isText = typeof value === 'string' && /^\d+$/.test(value);
  const number = isText ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) return undefined;
  return number >= 0 && number <= maximum ? number : undefined;
}
