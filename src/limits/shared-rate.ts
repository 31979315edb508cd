import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { answerWithin } from '../common/answer-within.js';
import type { RateLimit } from './rate-budget.js';

/** Nobody is kept waiting longer than this for a store that does not answer. */
const ANSWER_WITHIN_MS = 2_000;
/** So long a store that failed is not asked again. */
const REST_MS = 5_000;
/** Of so many keys it is known that their budget is used up; some 200 bytes each. */
const MOST_KEYS = 100_000;

export interface SharedRateOptions extends RateLimit {
  /** Where all nodes count. */
  store: Pick<RateLimiterAbstract, 'consume'>;
  onTrouble: (error: unknown) => void;
}

/** A budget is used up. */
export interface Excess {
  /** Until its window begins anew, in milliseconds. */
  retryAfterMs: number;
}

/**
 * Counts per key over all nodes. Of each key a node asks the store one thing at a time, for all that came meanwhile, and
 * nothing once the budget is used up: a crowd costs a few questions. While the store is away this node counts for itself.
 */
export class SharedRate {
  private readonly own: RateLimiterMemory;
  /** Whose budget is used up, until their window ends. */
  private readonly full = new LRUCache<string, true>({ max: MOST_KEYS });
  /** Who waits to be counted with the next question, by key; there is a line while somebody asks. */
  private readonly lines = new Map<string, ((excess: Excess | undefined) => void)[]>();
  private restsUntilMs = 0;

  constructor(private readonly options: SharedRateOptions) {
    this.own = new RateLimiterMemory({ points: options.points, duration: options.durationSeconds });
  }

  /** What is known without asking, and without counting: undefined where the budget may not be used up. */
  known(key: string): Excess | undefined {
    const leftMs = this.full.getRemainingTTL(key);
    return leftMs > 0 ? { retryAfterMs: Math.ceil(leftMs) } : undefined;
  }

  /** Counts one. @returns undefined where it is within the budget */
  async take(key: string): Promise<Excess | undefined> {
    return (
      this.known(key) ??
      new Promise((resolve) => {
        const line = this.lines.get(key);
        if (line) return void line.push(resolve);
        this.lines.set(key, [resolve]);
        void this.serve(key);
      })
    );
  }

  private async serve(key: string): Promise<void> {
    for (let line = this.lines.get(key)!; line.length > 0;) {
      const served = line.splice(0);
      const { consumedPoints, msBeforeNext } = await this.consume(key, served.length);
      const retryAfterMs = Math.max(1, Math.ceil(msBeforeNext));
      const { points } = this.options;
      if (consumedPoints >= points) this.full.set(key, true, { ttl: retryAfterMs });
      const before = consumedPoints - served.length;
      served.forEach((resolve, index) => resolve(before + index < points ? undefined : { retryAfterMs }));
    }
    this.lines.delete(key);
  }

  private async consume(key: string, points: number): Promise<RateLimiterRes> {
    if (performance.now() >= this.restsUntilMs) {
      try {
        return await answerWithin(this.options.store.consume(key, points), ANSWER_WITHIN_MS);
      } catch (error) {
        if (error instanceof RateLimiterRes) return error;
        this.restsUntilMs = performance.now() + REST_MS;
        this.options.onTrouble(error);
      }
    }
    return this.own.consume(key, points).catch((refusal: RateLimiterRes) => refusal);
  }
}
