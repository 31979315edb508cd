const SHORTEST_MS = 5_000;
const LONGEST_MS = 60_000;
/** A video of some age is asked about again after a twelfth of it: one of two minutes after 10 s, one of 12 after 60 s. */
const SHARE_OF_AGE = 1 / 12;
const JITTER = 0.2;

/**
 * When a provider's job is asked about again: from 5 s, which is the least that Runway allows, to 60 s and
 * a fifth, so that what has finished is noticed within a twelfth of the time that it took.
 * @param ageMs since the provider took it
 * @param faults questions in a row that failed
 * @param random 0 to 1: jobs that began together must not stay together
 * @returns milliseconds; never fewer than 5,000
 */
export function pollDelayMs(ageMs: number, faults = 0, random = Math.random()): number {
  const usual = Math.max(SHORTEST_MS, ageMs * SHARE_OF_AGE) * 2 ** Math.min(faults, 4);
  return Math.round(Math.min(LONGEST_MS, usual) * (1 + JITTER * random));
}
