import { createHash } from 'node:crypto';

const HASH_LENGTH = 16;

/**
 * Names an address with a key, the same in every process and after every restart: `sora:0f3a…`. The key can't be found
 * from it as long as it can't be guessed, as vendors' keys can't.
 */
export function connectionId(providerId: string, baseUrl: string, apiKey = ''): string {
  const hash = createHash('sha256').update(JSON.stringify([providerId, baseUrl, apiKey]));
  return `${providerId}:${hash.digest('hex').slice(0, HASH_LENGTH)}`;
}
