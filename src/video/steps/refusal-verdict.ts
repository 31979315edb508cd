import type { VideoErrorKind } from '../../providers/contract/video-provider-error.js';

/** What follows an order that was not taken. */
export type RefusalVerdict =
  /** The same provider again, after so long. */
  | { next: 'again'; afterMs: number }
  /** The plan's next choice, at once. */
  | { next: 'other' }
  /** It is over. */
  | { next: 'fail' }
  /** A job may have begun: it is over, and nobody orders again. */
  | { next: 'unknown' };

export interface Refusal {
  kind: VideoErrorKind;
  /** At most a minute, whatever the provider said (providers/http/retry-after.ts). */
  retryAfterMs?: number | undefined;
  /** How often this choice has refused, this time included. */
  refusals: number;
  /** Whether the plan has another choice. */
  hasOther: boolean;
  /** Since this choice first refused it: what came before was not its doing. */
  waitedMs: number;
}

/** A provider that can't be reached is tried so often before another one is. */
const TRIES = 3;
const FIRST_PAUSE_MS = 2_000;
/** Where a provider has no room and does not say until when. */
const USUAL_WAIT_MS = 10_000;
/** Where there is no other it is tried for so long: nothing was sent. */
const OUTAGE_MS = 10 * 60_000;
const OUTAGE_PAUSE_MS = 15_000;
/** How long an order may wait for the only provider to have room. */
const PATIENCE_MS = 30 * 60_000;

/** Pure: what follows an order that was refused, or whose fate is not known. */
export function refusalVerdict({ kind, retryAfterMs, refusals, hasOther, waitedMs }: Refusal): RefusalVerdict {
  const otherwise = (verdict: RefusalVerdict): RefusalVerdict => (hasOther ? { next: 'other' } : verdict);
  switch (kind) {
    case 'not_sent':
      if (refusals < TRIES) return { next: 'again', afterMs: FIRST_PAUSE_MS * 2 ** (refusals - 1) };
      return otherwise(waitedMs < OUTAGE_MS ? { next: 'again', afterMs: OUTAGE_PAUSE_MS } : { next: 'fail' });
    case 'rate_limited':
      if (waitedMs > PATIENCE_MS) return otherwise({ next: 'fail' });
      return otherwise({ next: 'again', afterMs: retryAfterMs ?? USUAL_WAIT_MS });
    case 'quota_exhausted':
    case 'unauthorized':
    case 'retired':
    case 'bad_request':
      return otherwise({ next: 'fail' });
    case 'moderated':
      return { next: 'fail' };
    // Apart from the first, what only questions meet: were an order to meet it, nobody would know what became of that.
    case 'unknown_outcome':
    case 'server_error':
    case 'unreachable':
    case 'malformed_response':
    case 'job_not_found':
    case 'expired':
    case 'aborted':
      return { next: 'unknown' };
  }
}
