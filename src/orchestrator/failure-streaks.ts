/**
 * Failures in a row make a provider one that is down: two of them, where nothing has succeeded for a while; five at once.
 * A few that fail amid many that succeed don't, as any success ends the streak; those are the circuit breaker's affair.
 */
const FEWEST = 2;
const LASTS_MS = 2_000;
const ENOUGH = 5;

/** Counts failures in a row, for each endpoint. */
export class FailureStreaks {
  private readonly byEndpoint = new Map<string, { count: number; sinceMs: number }>();

  /** @returns whether it has to be taken for down */
  failed(endpointId: string, nowMs: number): boolean {
    const streak = this.byEndpoint.get(endpointId) ?? { count: 0, sinceMs: nowMs };
    streak.count++;
    this.byEndpoint.set(endpointId, streak);
    return streak.count >= ENOUGH || (streak.count >= FEWEST && nowMs - streak.sinceMs >= LASTS_MS);
  }

  ended(endpointId: string): void {
    this.byEndpoint.delete(endpointId);
  }
}
