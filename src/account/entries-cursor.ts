/** The largest seq that the ledger can have (bigint of PostgreSQL). */
const LARGEST_SEQ = 9_223_372_036_854_775_807n;

/** A cursor for the entries below a seq. Opaque to clients: its form may change. */
export function entriesCursor(beforeSeq: bigint): string {
  return Buffer.from(`before:${beforeSeq}`).toString('base64url');
}

/** The seq that a cursor stands for; undefined where it is none of ours. */
export function readEntriesCursor(cursor: string): bigint | undefined {
  const match = /^before:([1-9]\d{0,18})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match) return undefined;
  const seq = BigInt(match[1]!);
  return seq <= LARGEST_SEQ && entriesCursor(seq) === cursor ? seq : undefined;
}
