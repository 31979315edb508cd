import type { ProviderError } from '../providers/contract/provider-error.js';

/** Without a Retry-After: 5 s, doubling to a minute (rate limits) or five (a broken key, an empty account). */
const FIRST_COOLDOWN_MS = 5_000;
const LONGEST_RATE_COOLDOWN_MS = 60_000;
const LONGEST_ACCOUNT_COOLDOWN_MS = 300_000;

interface Cooldown {
  untilMs: number;
  /** How often in a row, for the doubling. */
  failures: number;
  isRateLimit: boolean;
}

/** Which endpoints (keys or deployments of providers) are to be left alone for now, and until when. */
export class Cooldowns {
  private readonly byEndpoint = new Map<string, Cooldown>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** How long an endpoint is still to be left alone, in milliseconds; 0: it may be asked. */
  remainingMs(endpointId: string): number {
    const cooldown = this.byEndpoint.get(endpointId);
    return cooldown ? Math.max(0, cooldown.untilMs - this.nowMs()) : 0;
  }

  /** Whether it is a rate limit that a waiting request may wait out. */
  isRateLimited(endpointId: string): boolean {
    return this.remainingMs(endpointId) > 0 && this.byEndpoint.get(endpointId)!.isRateLimit;
  }

  /** Takes note of a failure; those that are not about the key are none of its business. */
  failed(endpointId: string, error: ProviderError): void {
    const isRateLimit = error.kind === 'rate_limited';
    if (!isRateLimit && error.kind !== 'quota_exhausted' && error.kind !== 'unauthorized') return;
    if (this.remainingMs(endpointId) > 0) return; // one burst of failures is one failure
    const failures = (this.byEndpoint.get(endpointId)?.failures ?? 0) + 1;
    const longestMs = isRateLimit ? LONGEST_RATE_COOLDOWN_MS : LONGEST_ACCOUNT_COOLDOWN_MS;
    const doubledMs = Math.min(longestMs, FIRST_COOLDOWN_MS * 2 ** (failures - 1));
    const pauseMs = error.retryAfterMs ?? doubledMs * (0.9 + Math.random() * 0.1);
    this.byEndpoint.set(endpointId, { untilMs: this.nowMs() + pauseMs, failures, isRateLimit });
  }

  /** It works: the next failure begins anew. */
  succeeded(endpointId: string): void {
    if (this.remainingMs(endpointId) === 0) this.byEndpoint.delete(endpointId);
  }
}
