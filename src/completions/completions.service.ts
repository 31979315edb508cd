import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { assertCapability, type Capability } from '../auth/capabilities.js';
import type { Identity } from '../auth/identity.js';
import { accountIdOf } from '../billing/accounts/account-id.js';
import { Ledger } from '../billing/ledger/ledger.js';
import type { HoldResult, StreamKey } from '../billing/ledger/ledger-operations.js';
import { StreamLog, type StoredRequest } from '../billing/ledger/stream-log.js';
import { Tariff } from '../billing/pricing/tariff.js';
import type { ErrorCode } from '../common/errors/error-codes.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { FallbackOrchestrator } from '../orchestrator/fallback-orchestrator.js';
import { HOLD_TTL_MS, idConflict, prepareJob, pricedSteps } from './admission.js';
import type { AnswerJob } from './answer-job.js';
import type { CompletionRequest, StreamWatcher } from './completion-request.js';
import { CreditHolds } from './credit-holds.service.js';
import { DetachedAnswers } from './detached-answers.js';
import { LogFollower } from './log-follower.js';
import { RunningAnswer } from './running-answer.js';
import { RunningAnswers } from './running-answers.js';

/** Refusals that the audit trail keeps; what ended in the ledger is kept by the ledger itself. */
const AUDITED_REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'INSUFFICIENT_CREDITS',
  'FORBIDDEN',
  'LIMIT_EXCEEDED',
  'MODEL_NOT_FOUND',
]);
/** Refusals of new work, which don't concern the repeat of an id that is known. */
const NEW_WORK_REFUSALS: ReadonlySet<ErrorCode> = new Set(['LIMIT_EXCEEDED', 'UNAVAILABLE']);

/** Ends a watcher's watching; the answer goes on. */
export type StopWatching = () => void;

/** The one place where holding, routing, logging, charging and watching meet. Every entrance hands its requests in here. */
@Injectable()
export class CompletionsService {
  private readonly isFreeOnError: boolean;
  private readonly replayMs: number;

  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(StreamLog) private readonly streamLog: StreamLog,
    @Inject(CreditHolds) private readonly holds: CreditHolds,
    @Inject(Tariff) private readonly tariff: Tariff,
    @Inject(FallbackOrchestrator) private readonly orchestrator: FallbackOrchestrator,
    @Inject(LogFollower) private readonly follower: LogFollower,
    @Inject(RunningAnswers) private readonly running: RunningAnswers,
    @Inject(DetachedAnswers) private readonly detached: DetachedAnswers,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(ENVIRONMENT) { billing, streams }: Environment,
  ) {
    this.isFreeOnError = billing.isFreeOnError;
    this.replayMs = streams.replayMs;
  }

  /**
   * Starts a request and watches its answer; where its id is known already, only watches, from `afterSeq` on.
   * @throws GatewayError where there is no stream to watch: nothing was stored then, and nothing is charged
   */
  async submit(
    identity: Identity,
    request: CompletionRequest,
    watcher: StreamWatcher,
    afterSeq: number,
  ): Promise<StopWatching> {
    try {
      assertCapability(identity, capabilityFor(request));
      return await this.serve(identity.userId, request, watcher, afterSeq);
    } catch (error) {
      if (error instanceof GatewayError && AUDITED_REFUSALS.has(error.code)) {
        const details = { code: error.code, type: request.type, model: request.model };
        this.audit.record({ userId: identity.userId, action: 'ai.refused', subject: `ws:${request.id}`, details });
      }
      throw error;
    }
  }

  /**
   * Watches a known id without its body.
   * @throws GatewayError NOT_FOUND, RESUME_EXPIRED
   */
  async resume(userId: string, id: string, watcher: StreamWatcher, afterSeq: number): Promise<StopWatching> {
    const key = keyOf(userId, id);
    const answer = await this.running.find(key);
    return answer ? watchRunning(answer, watcher, afterSeq) : this.watchStored(key, watcher, afterSeq);
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
    return answer
      ? watchRunning(answer, watcher, Number.MAX_SAFE_INTEGER)
      : this.watchStored(key, watcher, Number.MAX_SAFE_INTEGER);
  }

  private async serve(
    userId: string,
    request: CompletionRequest,
    watcher: StreamWatcher,
    afterSeq: number,
  ): Promise<StopWatching> {
    const key = keyOf(userId, request.id);
    const known = await this.running.find(key);
    if (known) {
      if (known.job.request.fingerprint !== request.fingerprint) throw idConflict();
      return watchRunning(known, watcher, afterSeq);
    }
    try {
      return await this.begin(userId, key, request, watcher, afterSeq);
    } catch (error) {
      if (!(error instanceof GatewayError) || !NEW_WORK_REFUSALS.has(error.code)) throw error;
      const stored = await this.streamLog.find(key).catch(() => undefined);
      if (stored?.fingerprint !== request.fingerprint) throw error;
      return this.watchStored(key, watcher, afterSeq);
    }
  }

  private async begin(
    userId: string,
    key: StreamKey,
    request: CompletionRequest,
    watcher: StreamWatcher,
    afterSeq: number,
  ): Promise<StopWatching> {
    this.running.assertAccepting();
    const job = prepareJob(key, request, pricedSteps(request, this.plan(request), this.tariff), this.tariff);
    let hold: HoldResult | undefined;
    const starting = this.holds.hold(userId, job).then((held) => {
      hold = held.hold;
      return held.hold.result === 'held' ? this.answer(held.job, watcher) : undefined;
    });
    const answer = await this.running.begin(key, starting, () => this.holds.release(userId));
    if (answer) return () => answer.audience.leave(watcher);
    return hold?.status === 'pending'
      ? this.watchPending(job, watcher, afterSeq)
      : this.watchStored(key, watcher, afterSeq);
  }

  private plan({ type, provider, model, mayFallBack }: CompletionRequest) {
    const operation = type === 'embedding' ? 'embedding' : 'chat';
    return this.orchestrator.plan({ operation, provider, model, mayFallBack });
  }

  private answer(job: AnswerJob, watcher: StreamWatcher): RunningAnswer {
    const { ledger, streamLog, tariff, orchestrator, detached, isFreeOnError } = this;
    const answer = new RunningAnswer({ ledger, streamLog, tariff, orchestrator, detached, isFreeOnError }, job);
    answer.audience.joinAtStart(watcher);
    return answer;
  }

  /** The id is held but not running here: another node writes it, or its node died before it wrote anything. */
  private async watchPending(job: AnswerJob, watcher: StreamWatcher, afterSeq: number): Promise<StopWatching> {
    const { fingerprint } = job.request;
    const taken = await orUnavailable(this.ledger.takeOver({ ...job.key, fingerprint, ttlMs: HOLD_TTL_MS }));
    if (taken.result !== 'taken') return this.follower.follow(job.key, watcher, afterSeq);
    const outputLimit = Math.min(job.outputLimit, job.size.outputTokensWithin(taken.amount ?? 0n));
    const isClamped = outputLimit < job.outputLimit;
    const answer = this.answer({ ...job, outputLimit, heldTokens: outputLimit, isClamped }, watcher);
    await this.running.begin(job.key, Promise.resolve(answer), () => undefined);
    return () => answer.audience.leave(watcher);
  }

  private async watchStored(key: StreamKey, watcher: StreamWatcher, afterSeq: number): Promise<StopWatching> {
    const stored = await orUnavailable(this.streamLog.find(key));
    if (!stored) throw new GatewayError('NOT_FOUND', 'id names no request of yours.');
    const hasExpired = stored.endedForMs !== null && (stored.endedForMs > this.replayMs || stored.finalSeq === null);
    if (hasExpired) throw replayExpired(stored);
    return this.follower.follow(key, watcher, Math.min(afterSeq, stored.finalSeq ?? afterSeq));
  }
}

async function watchRunning(answer: RunningAnswer, watcher: StreamWatcher, afterSeq: number): Promise<StopWatching> {
  await orUnavailable(answer.attach(watcher, afterSeq));
  return () => answer.audience.leave(watcher);
}

function keyOf(userId: string, id: string): StreamKey {
  return { accountId: accountIdOf(userId), requestId: `ws:${id}` };
}

function capabilityFor({ type }: CompletionRequest): Capability {
  return type === 'embedding' ? 'embedding' : 'chat';
}

function replayExpired({ outcome }: StoredRequest): GatewayError {
  return new GatewayError('RESUME_EXPIRED', 'The answer can no longer be read again; its receipt is kept.', {
    details: { usage: outcome?.['usage'] ?? null, model: outcome?.['model'] ?? null },
  });
}
