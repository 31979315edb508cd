import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** How many in how long; what comes beyond is refused until the window has passed. */
export interface RateLimit {
  points: number;
  durationSeconds: number;
}

/** Counts per key, within this process. */
export class RateBudget {
  private readonly limiter: RateLimiterMemory | undefined;

  /** @param limit undefined: everything passes */
  constructor(limit: RateLimit | undefined) {
    this.limiter = limit && new RateLimiterMemory({ points: limit.points, duration: limit.durationSeconds });
  }

  /**
   * @param points what it costs
   * @returns undefined where the key is within its budget, else after how many milliseconds it will be again
   */
  async take(key: string, points = 1): Promise<number | undefined> {
    try {
      await this.limiter?.consume(key, points);
      return undefined;
    } catch (refusal) {
      return Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext));
    }
  }
}
