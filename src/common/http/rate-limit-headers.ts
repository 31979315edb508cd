/** What is left of a user's minute, as the ledger told it. */
export interface MinuteLimits {
  requests?: { limit: number; remaining: number };
  tokens?: { limit: number; remaining: number };
  /** Until the minute begins anew, in milliseconds. */
  resetMs: number;
}

const WINDOW_SECONDS = 60;

/**
 * The standard headers of rate limits (draft-ietf-httpapi-ratelimit-headers-10): `q` is the quota of `w` seconds, `r` what
 * remains of it for `t` seconds.
 * @returns none where nothing is limited
 */
export function rateLimitHeaders({ requests, tokens, resetMs }: MinuteLimits): Record<string, string> {
  const seconds = Math.ceil(resetMs / 1_000);
  const items = [
    ...(requests ? [{ name: '"requests"', unit: '', ...requests }] : []),
    ...(tokens ? [{ name: '"tokens"', unit: ';qu="tokens"', ...tokens }] : []),
  ];
  if (items.length === 0) return {};
  return {
    'RateLimit-Policy': items
      .map(({ name, unit, limit }) => `${name};q=${limit}${unit};w=${WINDOW_SECONDS}`)
      .join(', '),
    RateLimit: items.map(({ name, remaining }) => `${name};r=${remaining};t=${seconds}`).join(', '),
  };
}

const NAMES: Readonly<Record<string, 'requests' | 'tokens'>> = {
  requestsPerMinute: 'requests',
  tokensPerMinute: 'tokens',
};

/** The same headers of a refusal by such a limit; none of any other error. */
export function refusalHeaders(error: {
  details?: Record<string, unknown> | undefined;
  retryAfterMs?: number | undefined;
}): Record<string, string> {
  const { limit, allowed, used } = error.details ?? {};
  const name = typeof limit === 'string' && Object.hasOwn(NAMES, limit) ? NAMES[limit] : undefined;
  if (!name || typeof allowed !== 'number' || typeof used !== 'number') return {};
  const remaining = Math.max(0, allowed - used);
  return rateLimitHeaders({ [name]: { limit: allowed, remaining }, resetMs: error.retryAfterMs ?? 0 });
}
