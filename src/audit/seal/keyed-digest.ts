import { createHmac } from 'node:crypto';
import type { AuditKey } from '../audit-keys.js';

/** What a digest is of: one is never taken for another. */
export type DigestSubject = 'event' | 'hold' | 'entry' | 'reason' | 'seal' | 'anchor' | 'pruning';

/** A field as PostgreSQL prints it. */
export type Field = string | null;

/** Which bytes digests are of. Seals keep it, so that a later format leaves them valid. */
export const FORMAT = 1;

/**
 * HMAC-SHA-256, keyed by the audit's secret, of the format, what it is of, and fields in order. Each field is preceded by
 * its length in bytes (`5:hello`, absent: `-`): no two lists have the same bytes.
 */
export function keyedDigest({ secret }: AuditKey, subject: DigestSubject, fields: readonly Field[]): Buffer {
  let text = `audit ${FORMAT} ${subject}\n`;
  for (const field of fields) text += field === null ? '-' : `${Buffer.byteLength(field)}:${field}`;
  return createHmac('sha256', secret).update(text).digest();
}
