import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { assertCapability, type Capability } from '../auth/capabilities.js';
import type { Identity } from '../auth/identity.js';
import { RoleTable } from '../auth/role-table.js';
import { accountIdOf } from '../billing/accounts/account-id.js';
import { Ledger } from '../billing/ledger/ledger.js';
import type { StreamKey } from '../billing/ledger/ledger-operations.js';
import { QUEUE_OWNER, QueueLedger } from '../billing/ledger/queue-ledger.js';
import { StreamLog } from '../billing/ledger/stream-log.js';
import { Tariff } from '../billing/pricing/tariff.js';
import type { ErrorCode } from '../common/errors/error-codes.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { ControlBus } from '../queue/control-bus.js';
import { idConflict, prepareJob } from './job-preparation.js';
import type { AnswerJob } from './answer-job.js';
import { AnswerReports } from './answer-report.js';
import { AnswerStarts } from './answer-starts.service.js';
import { BackgroundRequests } from './background/background-requests.js';
import type { CompletionRequest, RequestWatcher, StreamWatcher } from './completion-request.js';
import { LogFollower } from './log-follower.js';
import { PricedRoutes } from './priced-routes.js';
import { replayExpired } from './replay-expired.js';
import type { RunningAnswer } from './running-answer.js';
import { RunningAnswers } from './running-answers.js';
import { cancelled } from './stop-requests.js';

/** Refusals of new work, which don't concern the repeat of an id that is known. */
const NEW_WORK_REFUSALS: ReadonlySet<ErrorCode> = new Set(['LIMIT_EXCEEDED', 'QUEUE_OVERFLOW', 'UNAVAILABLE']);

/** Ends a watcher's watching; the answer goes on. */
export type StopWatching = () => void;

/** The one place where holding, routing, logging, charging and watching meet. Every entrance hands its requests in here. */
@Injectable()
export class CompletionsService {
  private readonly replayMs: number;

  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(QueueLedger) private readonly queueLedger: QueueLedger,
    @Inject(StreamLog) private readonly streamLog: StreamLog,
    @Inject(Tariff) private readonly tariff: Tariff,
    @Inject(AnswerStarts) private readonly starts: AnswerStarts,
    @Inject(PricedRoutes) private readonly routes: PricedRoutes,
    @Inject(LogFollower) private readonly follower: LogFollower,
    @Inject(RunningAnswers) private readonly running: RunningAnswers,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(BackgroundRequests) private readonly background: BackgroundRequests,
    @Inject(ControlBus) private readonly bus: ControlBus,
    @Inject(RoleTable) private readonly roles: RoleTable,
    @Inject(AnswerReports) private readonly reports: AnswerReports,
    @Inject(ENVIRONMENT) { streams }: Environment,
  ) {
    this.replayMs = streams.replayMs;
  }

  /**
   * Starts a request and watches its answer; where its id is known already, only watches, from `afterSeq` on.
   * @throws GatewayError where there is no stream to watch: nothing was stored then, and nothing is charged
   */
  async submit(
    identity: Identity,
    request: CompletionRequest,
    watcher: RequestWatcher,
    afterSeq: number,
  ): Promise<StopWatching> {
    const receivedAtMs = performance.now();
    try {
      assertCapability(this.roles.rightsOf(identity.roles), capabilityFor(request));
      return await this.serve(identity, request, watcher, afterSeq);
    } catch (error) {
      const { code } = GatewayError.from(error);
      this.reports.refusals.tell({ request, code, receivedAtMs, refusedAtMs: performance.now() });
      const about = { type: request.type, model: request.model };
      this.audit.refused(error, { userId: identity.userId, subject: `ws:${request.id}`, about });
      throw error;
    }
  }

  /**
   * Watches a known id without its body.
   * @throws GatewayError NOT_FOUND, RESUME_EXPIRED
   */
  async resume(userId: string, id: string, watcher: StreamWatcher, afterSeq: number): Promise<StopWatching> {
    const key = keyOf(userId, id);
    const answer = await this.findRunning(key);
    return answer ? watchRunning(answer, watcher, afterSeq) : this.watchStored(key, watcher, afterSeq);
  }

  /**
   * Stops an answer; `watcher`, if given, is shown the terminal frame. Stopping what has ended changes nothing.
   * @throws GatewayError NOT_FOUND for an id that was never used
   */
  async cancel(userId: string, id: string, watcher?: StreamWatcher): Promise<StopWatching> {
    const key = keyOf(userId, id);
    const answer = await this.findRunning(key);
    if (answer) answer.stop(cancelled());
    else await this.cancelElsewhere(userId, id, key);
    if (!watcher) return () => undefined;
    return answer
      ? watchRunning(answer, watcher, Number.MAX_SAFE_INTEGER)
      : this.watchStored(key, watcher, Number.MAX_SAFE_INTEGER);
  }

  /** A client that won't come back has left the answer that it asked for here: it is stopped, unless somebody watches it. */
  async abandon(userId: string, id: string): Promise<void> {
    const answer = await this.findRunning(keyOf(userId, id));
    if (answer && !answer.audience.isWatched) answer.stop(cancelled());
  }

  /** Asks the node that writes an answer, if any, to stop it. */
  private async cancelElsewhere(userId: string, id: string, key: StreamKey): Promise<void> {
    const stored = await orUnavailable(this.streamLog.find(key)); // many of these are one query, unlike what follows
    if (!stored) throw new GatewayError('NOT_FOUND', 'id names no request of yours.');
    if (stored.status !== 'pending' || !(await orUnavailable(this.ledger.requestStop(key, 'cancelled')))) return;
    this.bus.publish('stream-stop', key);
    if (stored.owner === QUEUE_OWNER) await this.background.cancel(userId, id, key, stored);
  }

  /** An answer that runs here; one whose hold is refused meanwhile is none. */
  private async findRunning(key: StreamKey): Promise<RunningAnswer | undefined> {
    await this.background.settled(key); // what is sent right after a request finds it
    return this.running.find(key)?.catch(() => undefined);
  }

  private async serve(
    identity: Identity,
    request: CompletionRequest,
    watcher: RequestWatcher,
    afterSeq: number,
  ): Promise<StopWatching> {
    const key = keyOf(identity.userId, request.id);
    const starting = this.running.find(key); // nothing may be awaited between this look and `begin`
    // What another request of this id was refused for is its own affair.
    if (starting) return this.repeat(await starting.catch(() => undefined), identity, request, watcher, afterSeq);
    try {
      return request.isBackground
        ? await this.beginInBackground(identity, key, request, watcher, afterSeq)
        : await this.begin(identity, key, request, watcher, afterSeq);
    } catch (error) {
      if (!(error instanceof GatewayError) || !NEW_WORK_REFUSALS.has(error.code)) throw error;
      const stored = await this.streamLog.find(key).catch(() => undefined);
      if (stored?.fingerprint !== request.fingerprint) throw error;
      return this.watchStored(key, watcher, afterSeq);
    }
  }

  /** The same id again while its first request runs here, or was being started here just now. */
  private async repeat(
    known: RunningAnswer | undefined,
    identity: Identity,
    request: CompletionRequest,
    watcher: RequestWatcher,
    afterSeq: number,
  ): Promise<StopWatching> {
    if (!known) return this.serve(identity, request, watcher, afterSeq);
    if (known.job.request.fingerprint !== request.fingerprint) throw idConflict();
    return watchRunning(known, watcher, afterSeq);
  }

  private async begin(
    identity: Identity,
    key: StreamKey,
    request: CompletionRequest,
    watcher: RequestWatcher,
    afterSeq: number,
  ): Promise<StopWatching> {
    this.running.assertAccepting();
    const answer = await this.starts.begin(identity.userId, this.jobOf(identity, key, request), watcher, afterSeq);
    return answer ? () => answer.audience.leave(watcher) : this.watchStored(key, watcher, afterSeq);
  }

  /** A durable request runs in whichever worker takes it; here its end is only waited for. */
  private async beginInBackground(
    identity: Identity,
    key: StreamKey,
    request: CompletionRequest,
    watcher: RequestWatcher,
    afterSeq: number,
  ): Promise<StopWatching> {
    this.running.assertAccepting();
    await this.background.submit(identity, this.jobOf(identity, key, request), watcher);
    return this.watchStored(key, watcher, afterSeq);
  }

  private jobOf(identity: Identity, key: StreamKey, request: CompletionRequest): AnswerJob {
    const steps = this.routes.routeFor(request, this.roles.rightsOf(identity.roles));
    return prepareJob(key, request, steps, this.tariff, this.roles.claimOf(identity));
  }

  /** An answer that ended, or that another node writes. */
  private async watchStored(key: StreamKey, watcher: StreamWatcher, afterSeq: number): Promise<StopWatching> {
    const stored = await orUnavailable(this.streamLog.find(key));
    if (!stored) throw new GatewayError('NOT_FOUND', 'id names no request of yours.');
    if (stored.endedForMs === null || stored.endedForMs <= this.replayMs)
      return this.follower.follow(key, watcher, afterSeq);
    const kept = stored.owner === QUEUE_OWNER ? await orUnavailable(this.queueLedger.answerOf(key)) : undefined;
    if (kept === undefined) throw replayExpired(stored);
    watcher.deliver([kept]);
    watcher.end();
    return () => undefined;
  }
}

function watchRunning(answer: RunningAnswer, watcher: StreamWatcher, afterSeq: number): StopWatching {
  answer.attach(watcher, afterSeq);
  return () => answer.audience.leave(watcher);
}

function keyOf(userId: string, id: string): StreamKey {
  return { accountId: accountIdOf(userId), requestId: `ws:${id}` };
}

/** What an identity needs for a request. */
export function capabilityFor({ type }: CompletionRequest): Capability {
  return type === 'embedding' ? 'embedding' : 'chat';
}
