import { Inject, Injectable } from '@nestjs/common';
import { accountIdOf } from '../billing/accounts/account-id.js';
import { AccountsService } from '../billing/accounts/accounts.service.js';
import { Ledger } from '../billing/ledger/ledger.js';
import type { HoldResult, StreamKey } from '../billing/ledger/ledger-operations.js';
import { StreamLog, type StoredRequest } from '../billing/ledger/stream-log.js';
import { Tariff } from '../billing/pricing/tariff.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { FallbackOrchestrator } from '../orchestrator/fallback-orchestrator.js';
import { ConnectionLimits } from '../limits/connection-limits.js';
import { clampJob, HOLD_TTL_MS, holdOperation, holdRefused, idConflict, prepareJob, pricedSteps } from './admission.js';
import type { AnswerJob } from './answer-job.js';
import type { CompletionRequest, StreamWatcher } from './completion-request.js';
import { LogFollower } from './log-follower.js';
import { RunningAnswer } from './running-answer.js';
import { RunningAnswers } from './running-answers.js';

/** How often the balance may change under a request while its hold is cut to it. */
const CLAMP_TRIES = 3;

/** Ends a watcher's watching; the answer goes on. */
export type StopWatching = () => void;

/** The one place where holding, routing, logging, charging and watching meet. Every entrance hands its requests in here. */
@Injectable()
export class CompletionsService {
  private readonly isFreeOnError: boolean;
  private readonly buyUrl: string | undefined;
  private readonly replayMs: number;

  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(StreamLog) private readonly streamLog: StreamLog,
    @Inject(AccountsService) private readonly accounts: AccountsService,
    @Inject(Tariff) private readonly tariff: Tariff,
    @Inject(FallbackOrchestrator) private readonly orchestrator: FallbackOrchestrator,
    @Inject(LogFollower) private readonly follower: LogFollower,
    @Inject(RunningAnswers) private readonly running: RunningAnswers,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
    @Inject(ENVIRONMENT) { billing, streams }: Environment,
  ) {
    this.isFreeOnError = billing.isFreeOnError;
    this.buyUrl = billing.buyCreditsUrl;
    this.replayMs = streams.replayMs;
  }

  /**
   * Starts a request and watches its answer; where its id is known already, only watches, from `afterSeq` on.
   * @throws GatewayError where there is no stream to watch: nothing was stored then, and nothing is charged
   */
  async submit(
    userId: string,
    request: CompletionRequest,
    watcher: StreamWatcher,
    afterSeq: number,
  ): Promise<StopWatching> {
    const key = keyOf(userId, request.id);
    const known = await this.running.find(key);
    if (known) return this.watchRunning(known, request.fingerprint, watcher, afterSeq);
    this.running.assertAccepting();
    const job = prepareJob(key, request, pricedSteps(request, this.plan(request), this.tariff), this.tariff);
    let held: HoldResult | undefined;
    const starting = this.holdWithinLimit(userId, job).then((outcome) => {
      held = outcome.hold;
      return outcome.hold.result === 'held' ? this.start(outcome.job, watcher) : undefined;
    });
    const answer = await this.running.begin(key, starting, () => this.limits.streams.leave(userId));
    if (answer) return () => answer.audience.leave(watcher);
    if (held?.status === 'pending') return this.watchPending(job, watcher, afterSeq);
    return this.watchStored(key, watcher, afterSeq);
  }

  /**
   * Watches a known id without its body.
   * @throws GatewayError NOT_FOUND, RESUME_EXPIRED
   */
  async resume(userId: string, id: string, watcher: StreamWatcher, afterSeq: number): Promise<StopWatching> {
    const key = keyOf(userId, id);
    const answer = await this.running.find(key);
    if (answer) return this.watchRunning(answer, answer.job.request.fingerprint, watcher, afterSeq);
    return this.watchStored(key, watcher, afterSeq);
  }

  /**
   * Stops an answer; `watcher`, if given, is shown the terminal frame. Stopping what has ended changes nothing.
   * @throws GatewayError NOT_FOUND for an id that was never used
   */
  async cancel(userId: string, id: string, watcher?: StreamWatcher): Promise<StopWatching> {
    const key = keyOf(userId, id);
    const answer = await this.running.find(key);
    answer?.stop(new GatewayError('CANCELLED', 'The request was cancelled; what was delivered was charged.'));
    if (!watcher) return () => undefined;
    if (answer) return this.watchRunning(answer, answer.job.request.fingerprint, watcher, Number.MAX_SAFE_INTEGER);
    return this.watchStored(key, watcher, Number.MAX_SAFE_INTEGER);
  }

  private plan({ type, provider, model, mayFallBack }: CompletionRequest) {
    return this.orchestrator.plan({
      operation: type === 'embedding' ? 'embedding' : 'chat',
      provider,
      model,
      mayFallBack,
    });
  }

  /** A place among the user's concurrent streams is kept only for a hold that was granted. */
  private async holdWithinLimit(userId: string, job: AnswerJob): Promise<{ hold: HoldResult; job: AnswerJob }> {
    const { streams } = this.limits;
    await streams.enter(userId);
    try {
      const outcome = await this.hold(userId, job);
      if (outcome.hold.result === 'held') streams.started(userId);
      else streams.declined(userId);
      return outcome;
    } catch (error) {
      streams.declined(userId);
      throw error;
    }
  }

  /** Holds the job's credits, cut to the balance where that is wanted; a new user is welcomed first. */
  private async hold(userId: string, wanted: AnswerJob): Promise<{ hold: HoldResult; job: AnswerJob }> {
    let job = wanted;
    for (let tries = 0; ; tries++) {
      const hold = await this.tryHold(job);
      if (hold.result === 'held' || hold.result === 'duplicate') return { hold, job };
      if (tries === CLAMP_TRIES) throw holdRefused(hold, job, this.buyUrl);
      if (hold.result === 'no_account' && (await this.accounts.welcome(userId))) continue;
      const clamped = hold.result === 'insufficient' ? clampJob(wanted, hold.available ?? 0n) : undefined;
      if (!clamped) throw holdRefused(hold, job, this.buyUrl);
      job = clamped;
    }
  }

  private async tryHold(job: AnswerJob): Promise<HoldResult> {
    try {
      return await this.ledger.hold(holdOperation(job, this.tariff));
    } catch (error) {
      throw new GatewayError('UNAVAILABLE', 'The ledger can not be reached; no new work is accepted for now.', {
        retryAfterMs: 2_000,
        cause: error,
      });
    }
  }

  private start(job: AnswerJob, watcher: StreamWatcher): RunningAnswer {
    const tools = {
      ledger: this.ledger,
      streamLog: this.streamLog,
      tariff: this.tariff,
      orchestrator: this.orchestrator,
      isFreeOnError: this.isFreeOnError,
    };
    const answer = new RunningAnswer(tools, job);
    answer.audience.joinAtStart(watcher);
    return answer;
  }

  private async watchRunning(
    answer: RunningAnswer,
    fingerprint: string,
    watcher: StreamWatcher,
    afterSeq: number,
  ): Promise<StopWatching> {
    if (answer.job.request.fingerprint !== fingerprint) throw idConflict();
    await answer.attach(watcher, afterSeq);
    return () => answer.audience.leave(watcher);
  }

  /** The id is held but not running here: another node writes it, or its node died before it wrote anything. */
  private async watchPending(job: AnswerJob, watcher: StreamWatcher, afterSeq: number): Promise<StopWatching> {
    const taken = await this.ledger.takeOver({ ...job.key, fingerprint: job.request.fingerprint, ttlMs: HOLD_TTL_MS });
    if (taken.result !== 'taken') return this.follower.follow(job.key, watcher, afterSeq);
    const outputLimit = Math.min(job.outputLimit, job.size.outputTokensWithin(taken.amount ?? 0n));
    const answer = this.start(
      { ...job, outputLimit, heldTokens: outputLimit, isClamped: outputLimit < job.outputLimit },
      watcher,
    );
    await this.running.begin(job.key, Promise.resolve(answer), () => undefined);
    return () => answer.audience.leave(watcher);
  }

  private async watchStored(key: StreamKey, watcher: StreamWatcher, afterSeq: number): Promise<StopWatching> {
    const stored = await this.streamLog.find(key);
    if (!stored) throw new GatewayError('NOT_FOUND', 'id names no request of yours.');
    if (stored.endedForMs !== null && (stored.endedForMs > this.replayMs || stored.finalSeq === null))
      throw replayExpired(stored);
    return this.follower.follow(key, watcher, Math.min(afterSeq, stored.finalSeq ?? afterSeq));
  }
}

function keyOf(userId: string, id: string): StreamKey {
  return { accountId: accountIdOf(userId), requestId: `ws:${id}` };
}

function replayExpired({ outcome }: StoredRequest): GatewayError {
  return new GatewayError('RESUME_EXPIRED', 'The answer can no longer be read again; its receipt is kept.', {
    details: { usage: outcome?.['usage'] ?? null, model: outcome?.['model'] ?? null },
  });
}
