const MICRO_CREDITS = 1_000_000;

/** For a metric alone, where the last digits of a large sum don't matter; money itself is never a float. */
export function creditsOf(microCredits: bigint): number {
  return Number(microCredits) / MICRO_CREDITS;
}
