export interface BackoffOptions {
  /** The first pause is at most so long; each further one at most twice its predecessor. */
  baseMs: number;
  mostMs: number;
}

/**
 * Full jitter: anything from 0 to a ceiling that doubles, so that a thousand clients that were cut off together don't
 * come back together.
 * @param failures how many in a row there were before this one
 * @param leastMs what the server asked for; jitter comes on top of it
 * @param random from 0 to 1
 */
export function backoffMs(
  failures: number,
  { baseMs, mostMs }: BackoffOptions,
  leastMs = 0,
  random: number = Math.random(),
): number {
  const ceilingMs = Math.min(mostMs, baseMs * 2 ** Math.min(failures, 30));
  return Math.round(leastMs + random * ceilingMs);
}
