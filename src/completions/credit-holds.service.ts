import { Inject, Injectable } from '@nestjs/common';
import { AccountsService } from '../billing/accounts/accounts.service.js';
import { Ledger } from '../billing/ledger/ledger.js';
import type { HoldResult } from '../billing/ledger/ledger-operations.js';
import { QueueLedger } from '../billing/ledger/queue-ledger.js';
import { Tariff } from '../billing/pricing/tariff.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { ConnectionLimits } from '../limits/connection-limits.js';
import { AbandonedHolds } from './abandoned-holds.js';
import { unansweredEnd } from './unanswered-end.js';
import { clampJob, HOLD_TTL_MS, holdOperation, holdRefused } from './job-preparation.js';
import type { AnswerJob } from './answer-job.js';
import { heldJob, isKeptAnswerGone } from './held-job.js';

/** How often the balance may change under a request while its hold is cut to it. */
const CLAMP_TRIES = 3;
const KEPT_ANSWER_GONE =
  'The kept answer to this request is gone, and the credits for a new one could not be held; nothing was charged. Ask again under a new id.';
/** How long a durable request may wait for its answer; then it ends unanswered, and costs nothing. */
const DURABLE_HOLD_TTL_MS = 24 * 3_600_000;

/** A hold that was granted, or that an earlier request of the same id has. */
export interface Held {
  hold: HoldResult;
  /** As it was held: perhaps cut to the balance. */
  job: AnswerJob;
}

/** Gets the credits of a job held before anything is sent upstream. */
@Injectable()
export class CreditHolds {
  private readonly buyUrl: string | undefined;

  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(QueueLedger) private readonly queueLedger: QueueLedger,
    @Inject(AccountsService) private readonly accounts: AccountsService,
    @Inject(Tariff) private readonly tariff: Tariff,
    @Inject(AbandonedHolds) private readonly abandoned: AbandonedHolds,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
    @Inject(ENVIRONMENT) { billing }: Environment,
  ) {
    this.buyUrl = billing.buyCreditsUrl;
  }

  /**
   * Holds the job's credits; a place among the user's concurrent streams is taken with it and kept until `release`.
   * @throws GatewayError INSUFFICIENT_CREDITS, FORBIDDEN (frozen, or more than the whole of a limit), CONFLICT, RATE_LIMIT_EXCEEDED,
   *   LIMIT_EXCEEDED, UNAVAILABLE; nothing is stored then
   */
  async hold(userId: string, job: AnswerJob): Promise<Held> {
    const { streams } = this.limits;
    await streams.enter(userId);
    try {
      const held = await this.holdWithinBalance(userId, job, (each) => this.tryHold(each));
      if (held.hold.result === 'held') streams.started(userId);
      else streams.declined(userId);
      return held;
    } catch (error) {
      streams.declined(userId);
      throw error;
    }
  }

  /**
   * Makes the hold of an earlier request ours, where its node died before it wrote anything.
   * @returns the job as it was held; undefined where another node writes it, or it has ended; also where it ends here, as
   *   it was to be given a kept answer that is gone now, and the balance does not cover a new one
   * @throws GatewayError UNAVAILABLE
   */
  async takeOver(job: AnswerJob): Promise<AnswerJob | undefined> {
    const { fingerprint } = job.request;
    const taken = await this.noted(job, this.ledger.takeOver({ ...job.key, fingerprint, ttlMs: HOLD_TTL_MS }));
    if (taken.result !== 'taken') return undefined;
    return isKeptAnswerGone(job, taken) ? this.growFromNothing(job) : heldJob(job, taken);
  }

  /**
   * Holds the credits of a durable request, which belongs to no process and takes no place among the running streams.
   * @throws GatewayError as `hold`, but LIMIT_EXCEEDED
   */
  async holdDurably(userId: string, job: AnswerJob): Promise<HoldResult> {
    const { hold } = await this.holdWithinBalance(userId, job, (each) =>
      orUnavailable(this.queueLedger.hold(holdOperation(each, this.tariff, DURABLE_HOLD_TTL_MS))),
    );
    return hold;
  }

  /** The answer has ended: its place among the user's streams is free. */
  release(userId: string): void {
    this.limits.streams.leave(userId);
  }

  /** Cuts the job to the balance where that is wanted; a new user is welcomed first. */
  private async holdWithinBalance(
    userId: string,
    wanted: AnswerJob,
    tryHold: (job: AnswerJob) => Promise<HoldResult>,
  ): Promise<Held> {
    let job = wanted;
    for (let tries = 0; ; tries++) {
      const hold = await tryHold(job);
      if (hold.result === 'held' || hold.result === 'duplicate') return { hold, job };
      if (tries === CLAMP_TRIES) throw holdRefused(hold, wanted, this.buyUrl);
      if (hold.result === 'no_account' && (await orUnavailable(this.accounts.welcome(userId)))) continue;
      const clamped = hold.result === 'insufficient' ? clampJob(wanted, hold.available ?? 0n) : undefined;
      if (!clamped) throw holdRefused(hold, wanted, this.buyUrl);
      job = clamped;
    }
  }

  /** Holds what a job costs in its hold of nothing, which is ours, cut to the balance where that is wanted; else ends it. */
  private async growFromNothing(wanted: AnswerJob): Promise<AnswerJob | undefined> {
    for (let job = wanted, tries = 0; ; tries++) {
      const total = job.size.amountFor(job.heldTokens);
      const { result, available } = await this.noted(job, this.ledger.grow({ ...job.key, total }));
      if (result === 'grown' || result === 'same') return job;
      const clamped = result === 'insufficient' ? clampJob(wanted, available ?? 0n) : undefined;
      if (!clamped || tries === CLAMP_TRIES) {
        const { code, details } = holdRefused(
          {
            result: result === 'frozen' ? 'frozen' : 'insufficient',
            available,
            status: null,
            owner: null,
            quota: null,
          },
          wanted,
          this.buyUrl,
        );
        const refusal = new GatewayError(code, KEPT_ANSWER_GONE, details && { details });
        await this.noted(wanted, this.ledger.finish(unansweredEnd(wanted.key, wanted.request, refusal)));
        return undefined;
      }
      job = clamped;
    }
  }

  private tryHold(job: AnswerJob): Promise<HoldResult> {
    return this.noted(job, this.ledger.hold(holdOperation(job, this.tariff, HOLD_TTL_MS)));
  }

  /** Where there is no answer the hold may be ours all the same: it is noted, and given back if nobody comes for it. */
  private async noted<T>(job: AnswerJob, call: Promise<T>): Promise<T> {
    try {
      return await orUnavailable(call);
    } catch (error) {
      this.abandoned.note(job);
      throw error;
    }
  }
}
