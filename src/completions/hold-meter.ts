import type { Ledger } from '../billing/ledger/ledger.js';
import type { GrowResult, StreamKey } from '../billing/ledger/ledger-operations.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import type { HoldSize } from '../billing/pricing/hold-size.js';

/** A hold grows when this share of it is used (docs/data-model.md, life of a hold). */
const GROW_AT = 0.8;

/**
 * Keeps the hold ahead of the output: grows it before 80 % are used, and says when neither hold nor balance covers
 * any more.
 */
export class HoldMeter {
  /** Why the hold could not grow, where it was not for want of credits. */
  trouble: GatewayError | undefined;
  private growing: Promise<void> | undefined;
  private cannotGrow: boolean;

  /**
   * @param heldTokens output tokens that the hold covers
   * @param outputLimit output tokens that were asked for upstream: never more is needed
   */
  constructor(
    private readonly ledger: Ledger,
    private readonly key: StreamKey,
    private readonly size: HoldSize,
    private heldTokens: number,
    private readonly outputLimit: number,
  ) {
    this.cannotGrow = heldTokens >= outputLimit;
  }

  /**
   * Takes note of the output so far.
   * @returns false where nothing covers more than this; a promise of that where it has to be found out first
   */
  covers(outputTokens: number): boolean | Promise<boolean> {
    if (outputTokens < this.heldTokens * GROW_AT || this.heldTokens >= this.outputLimit) return true;
    if (!this.cannotGrow) this.growing ??= this.grow(outputTokens);
    if (outputTokens < this.heldTokens) return true;
    return this.growing ? this.growing.then(() => outputTokens < this.heldTokens || this.covers(outputTokens)) : false;
  }

  /** Doubles what is held, or more where one read brought more; where the balance does not cover that, takes what there is. */
  private async grow(outputTokens: number): Promise<void> {
    try {
      const wanted = Math.max(this.heldTokens * 2, Math.ceil(outputTokens / GROW_AT) + 1);
      const { result, available } = await this.growTo(Math.min(this.outputLimit, wanted));
      if (result === 'insufficient' && available !== null) await this.growTo(this.affordable(available));
      this.cannotGrow = result !== 'grown' && result !== 'same';
    } catch (cause) {
      this.cannotGrow = true; // what is held is what there is
      this.trouble = new GatewayError(
        'UNAVAILABLE',
        'The credits of this answer could not be held any further; what was delivered was charged.',
        { retryAfterMs: 5_000, cause },
      );
    } finally {
      this.growing = undefined;
    }
  }

  private affordable(available: bigint): number {
    const covered = this.size.outputTokensWithin(this.size.amountFor(this.heldTokens) + available);
    return Math.min(this.outputLimit, covered);
  }

  private async growTo(tokens: number): Promise<GrowResult> {
    const grown = await this.ledger.grow({ ...this.key, total: this.size.amountFor(tokens) });
    if (grown.result === 'grown' || grown.result === 'same') this.heldTokens = Math.max(this.heldTokens, tokens);
    return grown;
  }
}
