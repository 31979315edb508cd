import type { ProviderError, ProviderErrorKind } from '../providers/contract/provider-error.js';
import { FailureStreaks } from './failure-streaks.js';

/**
 * Why an endpoint is left alone: it limits our rate; our key or our account there is of no use for now; or it has failed
 * again and again, and is asked after all others.
 */
export const COOLDOWN_REASONS = ['rate_limited', 'unusable', 'failing'] as const;
export type CooldownReason = (typeof COOLDOWN_REASONS)[number];

/** An endpoint is left alone from now on. */
export interface CooldownNotice {
  endpointId: string;
  reason: CooldownReason;
  durationMs: number;
}

/** Where the provider names no time: 5 s, doubling up to this. A failing one is back within 30 s of its recovery. */
const FIRST_MS = 5_000;
const LONGEST_MS: Record<CooldownReason, number> = { rate_limited: 60_000, unusable: 300_000, failing: 20_000 };
/** A provider that says 'at once' is not asked in a tight loop. */
const SHORTEST_MS = 250;
/** Jitter: so much of a time that the provider did not name is left to chance. */
const RANDOM_SHARE = 0.1;
/** A probe that has not come to anything by then stands in nobody's way. */
const LONGEST_PROBE_MS = 10_000;
/** While one call probes those who wait for it look again after so long, or up to twice that. */
const PROBE_LOOK_MS = 50;
/** What other processes say is believed of so many endpoints. */
const MOST_ENDPOINTS = 10_000;

interface Cooldown {
  reason: CooldownReason;
  untilMs: number;
  /** How often in a row, for the doubling. */
  failures: number;
  /** The call that finds out whether it is over, and since when. */
  probe?: { by: object; sinceMs: number };
}

/**
 * Which endpoints (keys or deployments of providers) are to be left alone for now. When the time is over one call probes;
 * the others come back once it has succeeded.
 */
export class Cooldowns {
  private readonly byEndpoint = new Map<string, Cooldown>();
  private readonly streaks = new FailureStreaks();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Why an endpoint is not to be asked now; undefined: it may be. */
  reasonAt(endpointId: string): CooldownReason | undefined {
    const cooldown = this.byEndpoint.get(endpointId);
    return cooldown && (this.isRunning(cooldown) || this.isProbed(cooldown)) ? cooldown.reason : undefined;
  }

  /** How long an endpoint is still to be left alone, in milliseconds; 0: its time is over. */
  remainingMs(endpointId: string): number {
    const cooldown = this.byEndpoint.get(endpointId);
    return cooldown ? Math.max(0, cooldown.untilMs - this.nowMs()) : 0;
  }

  /** How long a request that waits for a rate limit has to, in milliseconds; undefined: there is none to wait for. */
  rateLimitMs(endpointId: string): number | undefined {
    if (this.reasonAt(endpointId) !== 'rate_limited') return undefined;
    return this.remainingMs(endpointId) || PROBE_LOOK_MS * (1 + Math.random());
  }

  /** Whether the next call is one that finds out whether an endpoint works again. */
  isProbeDue(endpointId: string): boolean {
    return this.byEndpoint.has(endpointId) && this.reasonAt(endpointId) === undefined;
  }

  /**
   * A call begins; every one has to end in `failed`, `succeeded` or `abandoned`.
   * @param by whose call it is
   * @returns whether it is a probe
   */
  begins(endpointId: string, by: object): boolean {
    const cooldown = this.byEndpoint.get(endpointId);
    if (!cooldown || !this.isProbeDue(endpointId)) return false;
    cooldown.probe = { by, sinceMs: this.nowMs() };
    return true;
  }

  /** A call failed. @returns the cooldown that begins with it */
  failed(endpointId: string, by: object, error: ProviderError): CooldownNotice | undefined {
    this.abandoned(endpointId, by);
    const reason = reasonOf(error.kind);
    if (!reason) {
      if (!error.countsAgainstProvider && error.kind !== 'aborted') this.succeeded(endpointId);
      return undefined;
    }
    const known = this.byEndpoint.get(endpointId);
    const nowMs = this.nowMs();
    const isDown = reason !== 'failing' || known?.reason === 'failing' || this.streaks.failed(endpointId, nowMs);
    if (!isDown || (known && this.isRunning(known) && !isGraver(reason, known.reason))) return undefined;
    const failures = (known?.failures ?? 0) + 1;
    const doubledMs = Math.min(LONGEST_MS[reason], FIRST_MS * 2 ** (failures - 1));
    const durationMs = Math.max(SHORTEST_MS, error.retryAfterMs ?? doubledMs * (1 - Math.random() * RANDOM_SHARE));
    this.byEndpoint.set(endpointId, { reason, untilMs: nowMs + durationMs, failures });
    return { endpointId, reason, durationMs };
  }

  /** Another one is in its place: nothing is known of that. */
  forget(endpointId: string): void {
    this.streaks.ended(endpointId);
    this.byEndpoint.delete(endpointId);
  }

  /** It works: the next failure begins anew. What succeeds while it is left alone had begun before, and says nothing. */
  succeeded(endpointId: string): void {
    this.streaks.ended(endpointId);
    if (this.remainingMs(endpointId) === 0) this.byEndpoint.delete(endpointId);
  }

  /** A call ended without telling anything of the endpoint. */
  abandoned(endpointId: string, by: object): void {
    const cooldown = this.byEndpoint.get(endpointId);
    if (cooldown?.probe?.by === by) delete cooldown.probe;
  }

  /** Another process leaves an endpoint alone: so does this one, and at least as long as it would by itself. */
  heard({ endpointId, reason, durationMs }: CooldownNotice): void {
    const known = this.byEndpoint.get(endpointId);
    if (!COOLDOWN_REASONS.includes(reason) || !(durationMs > 0) || (!known && this.byEndpoint.size >= MOST_ENDPOINTS))
      return;
    const untilMs = this.nowMs() + Math.min(durationMs, LONGEST_MS[reason]);
    if (known && known.untilMs >= untilMs) return;
    this.byEndpoint.set(endpointId, { reason, untilMs, failures: known?.failures ?? 0 });
  }

  private isRunning({ untilMs }: Cooldown): boolean {
    return untilMs > this.nowMs();
  }

  private isProbed({ probe }: Cooldown): boolean {
    return probe !== undefined && this.nowMs() - probe.sinceMs < LONGEST_PROBE_MS;
  }
}

function reasonOf(kind: ProviderErrorKind): CooldownReason | undefined {
  switch (kind) {
    case 'rate_limited':
      return 'rate_limited';
    case 'quota_exhausted':
    case 'unauthorized':
      return 'unusable';
    case 'server_error':
    case 'unreachable':
    case 'timeout':
    case 'malformed_response':
    case 'stream_broken': // before any content
      return 'failing';
    case 'model_not_found':
    case 'context_length_exceeded':
    case 'content_filtered':
    case 'bad_request':
    case 'aborted':
      return undefined;
    default:
      return kind satisfies never;
  }
}

/** One burst of failures is one failure; but a provider that fails may turn out to refuse us. */
function isGraver(reason: CooldownReason, known: CooldownReason): boolean {
  return known === 'failing' && reason !== 'failing';
}
