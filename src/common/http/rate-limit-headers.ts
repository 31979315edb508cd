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
  return headersOf(
    [...(requests ? [{ name: 'requests', ...requests }] : []), ...(tokens ? [{ name: 'tokens', ...tokens }] : [])],
    resetMs,
  );
}

type QuotaName = 'requests' | 'tokens' | 'connections' | 'bad-tokens';

function headersOf(
  quotas: readonly { name: string; limit: number; remaining: number }[],
  resetMs: number,
): Record<string, string> {
  if (quotas.length === 0) return {};
  const seconds = Math.ceil(resetMs / 1_000);
  const unitOf = (name: string) => (name === 'tokens' ? ';qu="tokens"' : '');
  return {
    'RateLimit-Policy': quotas
      .map(({ name, limit }) => `"${name}";q=${limit}${unitOf(name)};w=${WINDOW_SECONDS}`)
      .join(', '),
    RateLimit: quotas.map(({ name, remaining }) => `"${name}";r=${remaining};t=${seconds}`).join(', '),
  };
}

/** The limits of a minute, as `details.limit` of a refusal names them. */
const NAMES: Readonly<Record<string, QuotaName>> = {
  requestsPerMinute: 'requests',
  tokensPerMinute: 'tokens',
  connectionsPerMinute: 'connections',
  badTokensPerMinute: 'bad-tokens',
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
  return headersOf([{ name, limit: allowed, remaining }], error.retryAfterMs ?? 0);
}
