/** The value that this share of the numbers stay at or below. */
export function percentile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export const median = (numbers) => percentile(numbers, 0.5);

/** What is said of a list of durations. */
export const spreadOf = (numbers) => ({ p50: percentile(numbers, 0.5), p99: percentile(numbers, 0.99) });
