import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { QueueJobs } from '../../queue/queue-jobs.js';
import { EVERY_RIGHT } from '../../auth/role-rights.js';
import { RoleTable } from '../../auth/role-table.js';
import { accountIdOf } from '../../billing/accounts/account-id.js';
import { nameOfStream, type StreamKey } from '../../billing/ledger/ledger-operations.js';
import { QueueLedger } from '../../billing/ledger/queue-ledger.js';
import { StreamLog, type StoredRequest } from '../../billing/ledger/stream-log.js';
import { Tariff } from '../../billing/pricing/tariff.js';
import type { ErrorCode } from '../../common/errors/error-codes.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { UserEventHub } from '../../events/user-events.js';
import { FallbackOrchestrator } from '../../orchestrator/fallback-orchestrator.js';
import { prepareJob } from '../job-preparation.js';
import { ResponseCache } from '../cache/response-cache.service.js';
import { AnswerReports } from '../answer-report.js';
import type { CompletionRequest } from '../completion-request.js';
import { DetachedAnswers } from '../detached-answers.js';
import { heldJob } from '../held-job.js';
import { PricedRoutes } from '../priced-routes.js';
import { RunningAnswer } from '../running-answer.js';
import type { Ending } from '../settlement.js';
import { StreamMemory } from '../stream-memory.js';
import type { StoppableAnswers } from '../stop-requests.js';
import { unansweredEnd } from '../unanswered-end.js';

/** Ends that another try may better, while there are tries left. */
const WORTH_ANOTHER_TRY: ReadonlySet<ErrorCode> = new Set(['ALL_PROVIDERS_FAILED', 'UPSTREAM_LOST', 'QUEUE_OVERFLOW']);

/** A durable request that has no end yet: it is to be tried again. */
export class UnfinishedError extends Error {}

/** Who asked. */
type Asker = Pick<QueueJobs['requests']['answer'], 'userId' | 'roles'>;

/**
 * The durable requests that this process answers. Nothing of them is shown before it is whole, so one that is interrupted
 * is simply answered anew, by whoever comes next; the first end that is stored counts.
 */
@Injectable()
export class BackgroundAnswers implements StoppableAnswers, BeforeApplicationShutdown {
  private readonly logger = new Logger(BackgroundAnswers.name);
  private readonly answers = new Map<string, Promise<RunningAnswer>>();
  private readonly work = new Set<Promise<void>>();
  private readonly isFreeOnError: boolean;
  private readonly drainMs: number;
  private isDraining = false;

  constructor(
    @Inject(RoleTable) private readonly roles: RoleTable,
    @Inject(QueueLedger) private readonly ledger: QueueLedger,
    @Inject(StreamLog) private readonly streamLog: StreamLog,
    @Inject(Tariff) private readonly tariff: Tariff,
    @Inject(PricedRoutes) private readonly routes: PricedRoutes,
    @Inject(FallbackOrchestrator) private readonly orchestrator: FallbackOrchestrator,
    @Inject(DetachedAnswers) private readonly detached: DetachedAnswers,
    @Inject(StreamMemory) private readonly memory: StreamMemory,
    @Inject(UserEventHub) private readonly events: UserEventHub,
    @Inject(ResponseCache) private readonly cache: ResponseCache,
    @Inject(AnswerReports) private readonly reports: AnswerReports,
    @Inject(ENVIRONMENT) { billing, http }: Environment,
  ) {
    this.isFreeOnError = billing.isFreeOnError;
    this.drainMs = http.drainMs;
  }

  get size(): number {
    return this.answers.size;
  }

  find(key: StreamKey): Promise<RunningAnswer> | undefined {
    return this.answers.get(nameOfStream(key));
  }

  /**
   * Answers a request, unless it has its end already.
   * @throws UnfinishedError where it is to be tried again
   */
  async answer(asker: Asker, request: CompletionRequest, mayTryAgain: boolean): Promise<void> {
    const work = this.run(asker, request, mayTryAgain);
    const settled = work.catch(() => undefined);
    this.work.add(settled);
    await work.finally(() => this.work.delete(settled));
  }

  /** What runs may finish for a while; then it is left to another worker. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isDraining = true;
    const grace = setTimeout(() => {
      for (const answer of this.answers.values()) void answer.then((each) => each.stop(drained()));
    }, this.drainMs);
    await Promise.all(this.work);
    clearTimeout(grace);
  }

  private async run(asker: Asker, request: CompletionRequest, mayTryAgain: boolean): Promise<void> {
    if (this.isDraining) throw new UnfinishedError('this worker is shutting down');
    const { userId } = asker;
    const key = { accountId: accountIdOf(userId), requestId: `ws:${request.id}` };
    const stored = await this.streamLog.find(key);
    if (stored?.status !== 'pending') return;
    await this.finish(asker, key, request, stored, mayTryAgain);
    const ended = await this.streamLog.find(key);
    if (!ended?.outcome) throw new UnfinishedError('the request has no end yet');
    const status = ended.outcome['error'] === undefined ? 'done' : 'error';
    this.events.publish(userId, 'requests', 'request.done', { requestId: request.id, status });
  }

  private async finish(
    asker: Asker,
    key: StreamKey,
    request: CompletionRequest,
    stored: StoredRequest,
    mayTryAgain: boolean,
  ): Promise<void> {
    const answer = this.prepare(asker, key, request, stored, mayTryAgain);
    if (answer instanceof GatewayError) {
      if (mayBeBettered(answer, mayTryAgain)) throw new UnfinishedError(answer.message);
      await this.ledger.finish(unansweredEnd(key, request, answer));
      return;
    }
    const name = nameOfStream(key);
    this.answers.set(name, Promise.resolve(answer));
    try {
      await answer.complete();
    } finally {
      this.answers.delete(name);
    }
  }

  /** @returns the refusal where the request can't be served any more: its model may have gone since it was accepted */
  private prepare(
    { userId, roles }: Asker,
    key: StreamKey,
    request: CompletionRequest,
    stored: StoredRequest,
    mayTryAgain: boolean,
  ): RunningAnswer | GatewayError {
    const { ledger, streamLog, memory, tariff, orchestrator, cache, detached, reports, isFreeOnError } = this;
    const isFinal = (ending: Ending) => !(ending.kind === 'error' && mayBeBettered(ending.error, mayTryAgain));
    try {
      const job = heldJob(
        prepareJob(
          key,
          request,
          this.routes.routeFor(request, roles ? this.roles.rightsOf(roles) : EVERY_RIGHT),
          tariff,
        ),
        stored,
      );
      const receivedAtMs = job.receivedAtMs - stored.ageMs;
      const tools = {
        ledger,
        streamLog,
        memory,
        tariff,
        orchestrator,
        cache,
        detached,
        reports,
        isFreeOnError,
        isFinal,
      };
      const isAnyWelcome = request.provider === 'auto';
      const run = orchestrator.begin({ userId, requestId: request.id, isAnyWelcome }, job.steps);
      return new RunningAnswer(tools, { ...job, receivedAtMs }, run);
    } catch (error) {
      if (error instanceof GatewayError) return error;
      this.logger.error(error, { requestId: request.id });
      return GatewayError.from(error);
    }
  }
}

function mayBeBettered({ code }: GatewayError, mayTryAgain: boolean): boolean {
  return code === 'UNAVAILABLE' || (mayTryAgain && WORTH_ANOTHER_TRY.has(code));
}

/** Never a request's end: it is left to another worker. */
function drained(): GatewayError {
  return new GatewayError('UNAVAILABLE', 'The worker had to shut down.');
}
