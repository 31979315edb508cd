const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** An alert of yesterday is looked up, not sent. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000;
/** Standard Webhooks: the receiver is gone, and wants nothing more. */
const GONE = 410;

/** What became of an attempt. */
export interface AttemptOutcome {
  /** HTTP status; absent: there was no answer. */
  status?: number;
  /** What the receiver asked us to wait. */
  retryAfterMs?: number;
}

/** What follows a failed attempt: the next one after so long, or none. Pure. */
export type NextAttempt = { kind: 'retry'; afterMs: number } | { kind: 'give up' };

/**
 * 5 s, doubling to 15 minutes, for a day; a `Retry-After` where it is longer.
 * @param attempts how many were made
 * @param ageMs since there was something to tell
 */
export function nextAttempt(
  attempts: number,
  ageMs: number,
  { status, retryAfterMs = 0 }: AttemptOutcome,
): NextAttempt {
  if (status === GONE || ageMs >= GIVE_UP_AFTER_MS) return { kind: 'give up' };
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_PAUSE_MS);
  return { kind: 'retry', afterMs: Math.max(pauseMs, retryAfterMs) };
}
