import type { RevocationPlace } from '../auth/revocations/revocation.store.js';

/** A cursor for what comes after a revocation. Opaque to clients: its form may change. */
export function revocationCursor({ revokedAtUs, name }: RevocationPlace): string {
  return Buffer.from(`${revokedAtUs} ${name}`).toString('base64url');
}

/** The place that a cursor stands for; undefined where it is none of ours. */
export function readRevocationCursor(cursor: string): RevocationPlace | undefined {
  const match = /^(\d{1,18}) ((?:user|token):[ -~]{1,295})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match) return undefined;
  const place = { revokedAtUs: match[1]!, name: match[2]! };
  return revocationCursor(place) === cursor ? place : undefined;
}
