import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  jwksCache,
  type CompactVerifyGetKey,
  type CryptoKey,
  type ExportedJWKSCache,
  type FetchImplementation,
} from 'jose';
import { GatewayError } from '../common/errors/gateway-error.js';

/** Finds the public key for a token's header. */
export type KeyLookup = CompactVerifyGetKey<CryptoKey>;

export interface JwksTiming {
  /** How long one fetch may take. */
  timeoutMs: number;
  /** After a fetch, how long an unknown key id causes no other: tokens with invented ids can't make us flood the issuer. */
  cooldownMs: number;
  /** After a failed fetch, how long no other is tried. */
  failurePauseMs: number;
  /** When known keys are fetched again, so that a withdrawn key goes. */
  maximumAgeMs: number;
  /** How old the known keys may get while they can't be fetched again. */
  maximumOutageAgeMs: number;
}

const DEFAULT_TIMING: JwksTiming = {
  timeoutMs: 5_000,
  cooldownMs: 30_000,
  failurePauseMs: 5_000,
  maximumAgeMs: 10 * 60_000,
  maximumOutageAgeMs: 60 * 60_000,
};

/**
 * Keys that an issuer publishes (RFC 7517), fetched when needed and kept. While the issuer is down, known keys go on
 * for a while; a token of any other key can't be judged.
 * @throws GatewayError UNAVAILABLE where the keys can't be fetched; jose's JWKSNoMatchingKey and
 * JWKSMultipleMatchingKeys where they could and the token's key is not among them, or is several.
 */
export function createJwksKeys(url: URL, timing: Partial<JwksTiming> = {}): KeyLookup {
  const times = { ...DEFAULT_TIMING, ...timing };
  const cache: ExportedJWKSCache | Record<string, never> = {};
  const remote = createRemoteJWKSet(url, {
    timeoutDuration: times.timeoutMs,
    cooldownDuration: times.cooldownMs,
    cacheMaxAge: times.maximumAgeMs,
    [jwksCache]: cache,
    [customFetch]: fetchWithPause(times.failurePauseMs),
  });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      const key = await knownKey(cache, times.maximumOutageAgeMs, header);
      if (key) return key;
      throw unavailable(error, times.failurePauseMs);
    }
  };
}

async function knownKey(
  cache: Partial<ExportedJWKSCache>,
  maximumAgeMs: number,
  header: Parameters<KeyLookup>[0],
): Promise<CryptoKey | undefined> {
  if (!cache.jwks || Date.now() - (cache.uat ?? 0) > maximumAgeMs) return undefined;
  return createLocalJWKSet(cache.jwks)(header).catch(() => undefined);
}

function fetchWithPause(pauseMs: number): FetchImplementation {
  let pausedUntilMs = 0;
  return async (url, options) => {
    if (Date.now() < pausedUntilMs) throw new Error('The last fetch of the key set failed a moment ago.');
    pausedUntilMs = Date.now() + pauseMs;
    const response = await fetch(url, options);
    if (response.ok) pausedUntilMs = 0;
    return response;
  };
}

function unavailable(cause: unknown, retryAfterMs: number): GatewayError {
  return new GatewayError('UNAVAILABLE', "The keys that tokens are verified with can't be fetched just now.", {
    cause,
    retryAfterMs,
  });
}
