import { createHash } from 'node:crypto';

/** What tells keys apart without giving them away: twelve hexadecimal digits. */
export function fingerprintOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}
