/**
 * Upper bounds of the times to the first of an answer, in milliseconds, as those of the metric that tells it to a
 * Prometheus; with a threshold at one of them "95 % took less" is exact.
 */
export const RESPONSE_BOUNDS_MS = [100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000, 20_000, 40_000, 120_000];

/** The smallest bound that a time is within. */
export function boundOf(timeMs: number): number {
  return RESPONSE_BOUNDS_MS.find((bound) => timeMs <= bound) ?? Infinity;
}

/**
 * What a share of the times is within, by the counts between the bounds: as Prometheus' `histogram_quantile` says it, in
 * a straight line between two bounds, and the last bound where it is beyond. Pure.
 * @param counts how many were within each bound and not within the one before
 * @returns milliseconds; undefined: there were none
 */
export function quantileMs(share: number, counts: ReadonlyMap<number, number>): number | undefined {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = share * total;
  let below = 0;
  let lowerMs = 0;
  for (const bound of RESPONSE_BOUNDS_MS) {
    const within = counts.get(bound) ?? 0;
    if (within > 0 && below + within >= rank) return lowerMs + (bound - lowerMs) * ((rank - below) / within);
    below += within;
    lowerMs = bound;
  }
  return lowerMs;
}
