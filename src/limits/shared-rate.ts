import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { answerWithin } from '../common/answer-within.js';
import type { RateLimit } from './rate-budget.js';

/** Nobody is kept waiting longer than this for a store that does not answer. */
const ANSWER_WITHIN_MS = 2_000;
/** So long a store that failed is not asked again. */
const REST_MS = 5_000;
/** Of so many keys is remembered what is known of them; some 200 bytes each. */
const MOST_KEYS = 100_000;
/**
 * Points are taken ahead while less than half of the budget is used: at most a fourth of what this node has given out, and
 * a hundredth of the budget. So whoever is refused has used nine tenths of it at least, and all of one under a hundred.
 */
const AHEAD = { whileUsedIsUnder: 1 / 2, ofGiven: 1 / 4, ofBudget: 1 / 100 };

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

/** What this node knows of a key, until the key's window ends. */
interface Share {
  /** Points of the budget that are used, by whichever node, as was told last. */
  used: number;
  /** Points that this node has given out. */
  given: number;
  /** Points that this node has taken and not given out yet. */
  reserve: number;
}

/**
 * Counts per key over all nodes. Of each key a node asks the store one thing at a time, for all that came meanwhile, and
 * nothing once the budget is used up: a crowd costs a few questions. A key that comes often has points taken ahead, so
 * that most of its callers wait for no question. While the store is away this node counts for itself.
 */
export class SharedRate {
  private readonly own: RateLimiterMemory;
  private readonly shares = new LRUCache<string, Share>({ max: MOST_KEYS });
  /** Who waits to be counted with the next question, by key; there is a line while somebody asks. */
  private readonly lines = new Map<string, ((excess: Excess | undefined) => void)[]>();
  private restsUntilMs = 0;

  constructor(private readonly options: SharedRateOptions) {
    this.own = new RateLimiterMemory({ points: options.points, duration: options.durationSeconds });
  }

  /** What is known without asking, and without counting: undefined where the budget may not be used up. */
  known(key: string): Excess | undefined {
    const share = this.shares.get(key);
    if (!share || share.reserve > 0 || share.used < this.options.points) return undefined;
    return { retryAfterMs: Math.max(1, Math.ceil(this.shares.getRemainingTTL(key))) };
  }

  /** Counts one. @returns undefined where it is within the budget */
  async take(key: string): Promise<Excess | undefined> {
    return this.takeReserved(key) ? undefined : (this.known(key) ?? this.queue(key));
  }

  /** The reserve is filled up again, in the background, before it is empty. */
  private takeReserved(key: string): boolean {
    const share = this.shares.get(key);
    if (!share || share.reserve === 0) return false;
    share.reserve--;
    share.given++;
    if (share.reserve <= this.aheadOf(share) / 2 && !this.lines.has(key)) this.serve(key, []);
    return true;
  }

  private queue(key: string): Promise<Excess | undefined> {
    return new Promise((resolve) => {
      const line = this.lines.get(key);
      if (line) line.push(resolve);
      else this.serve(key, [resolve]);
    });
  }

  private serve(key: string, line: ((excess: Excess | undefined) => void)[]): void {
    this.lines.set(key, line);
    void this.askFor(key, line);
  }

  private async askFor(key: string, line: ((excess: Excess | undefined) => void)[]): Promise<void> {
    do {
      const served = line.splice(0);
      const wanted = served.length + this.lackOf(this.shares.get(key));
      const { consumedPoints: used, msBeforeNext } = await this.consume(key, wanted);
      const retryAfterMs = Math.max(1, Math.ceil(msBeforeNext));
      const usedBefore = used - wanted;
      const got = Math.max(0, Math.min(wanted, this.options.points - usedBefore));
      const admitted = Math.min(served.length, got);
      const { given, reserve } = this.shareOf(key, usedBefore);
      const share = { used, given: given + admitted, reserve: reserve + got - admitted };
      this.shares.set(key, share, { ttl: retryAfterMs });
      served.forEach((resolve, index) => resolve(index < admitted ? undefined : { retryAfterMs }));
    } while (line.length > 0);
    this.lines.delete(key);
  }

  /** Where fewer points are used than there were, a window has begun anew, and what was taken before is worth nothing. */
  private shareOf(key: string, used: number): Omit<Share, 'used'> {
    const share = this.shares.get(key);
    return share && share.used <= used ? share : { given: 0, reserve: 0 };
  }

  private lackOf(share: Share | undefined): number {
    return share ? Math.max(0, this.aheadOf(share) - share.reserve) : 0;
  }

  /** How many points there should be in a reserve. */
  private aheadOf({ used, given }: Share): number {
    const { points } = this.options;
    if (used >= points * AHEAD.whileUsedIsUnder) return 0;
    return Math.floor(Math.min(given * AHEAD.ofGiven, points * AHEAD.ofBudget));
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
