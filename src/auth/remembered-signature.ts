import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** So many tokens are remembered, some 500 bytes each. */
const MOST_TOKENS = 10_000;

/**
 * The same check, done once for each token: over HTTP every request brings its token, the same one again and again. Only
 * for a key that never changes while the process runs; times are judged anew with each use. Tokens are remembered by their
 * digest alone, and bad ones not at all.
 */
export function rememberedSignature(check: (token: string) => Promise<unknown>): (token: string) => Promise<unknown> {
  const checked = new LRUCache<string, { claims: unknown }>({ max: MOST_TOKENS });
  return async (token) => {
    const digest = hash('sha256', token, 'base64');
    const known = checked.get(digest);
    if (known) return known.claims;
    const claims = await check(token);
    checked.set(digest, { claims });
    return claims;
  };
}
