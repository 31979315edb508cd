/** A cursor for the rows behind a key. Opaque to clients: its form may change. */
export function usageCursor(key: string): string {
  return Buffer.from(`after:${key}`).toString('base64url');
}

/** The key that a cursor stands for; undefined where it is none of ours. */
export function readUsageCursor(cursor: string): string | undefined {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!text.startsWith('after:') || text.includes('\0')) return undefined;
  const key = text.slice('after:'.length);
  return usageCursor(key) === cursor ? key : undefined;
}
