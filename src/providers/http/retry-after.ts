/**
 * Nobody is waited for longer than this, whatever the header says, chats and videos alike: a header may be mistaken, or name
 * the end of a day's quota, and to ask once more after a minute costs next to nothing. How long a provider is borne with in
 * all is the caller's own rule.
 */
const LONGEST_WAIT_MS = 60_000;

/** The part of a response's headers that is read here. */
export interface HeaderSource {
  get(name: string): string | null;
}

/**
 * What the provider asks us to wait: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date; at most 60 s.
 * Undefined where it asks for nothing that can be understood.
 */
export function retryAfterMs(headers: HeaderSource, nowMs = Date.now()): number | undefined {
  const waitMs = milliseconds(headers.get('retry-after-ms')) ?? secondsOrDate(headers.get('retry-after'), nowMs);
  return waitMs === undefined ? undefined : Math.min(Math.max(Math.ceil(waitMs), 0), LONGEST_WAIT_MS);
}

function milliseconds(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function secondsOrDate(text: string | null, nowMs: number): number | undefined {
  if (text === null) return undefined;
  const seconds = milliseconds(text);
  if (seconds !== undefined) return seconds * 1000;
  // A date has letters; Date.parse would also take '-5' for a year.
  const dateMs = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(dateMs) ? undefined : dateMs - nowMs;
}
