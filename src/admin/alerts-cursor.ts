/** A cursor for the alerts below an id. Opaque to clients: its form may change. */
export function alertsCursor(beforeId: bigint): string {
  return Buffer.from(`alerts before ${beforeId}`).toString('base64url');
}

/** The id that a cursor stands for; undefined where it is none of ours. */
export function readAlertsCursor(cursor: string): bigint | undefined {
  const match = /^alerts before ([1-9]\d{0,17})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match) return undefined;
  const id = BigInt(match[1]!);
  return alertsCursor(id) === cursor ? id : undefined;
}
