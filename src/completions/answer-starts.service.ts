import { Inject, Injectable } from '@nestjs/common';
import { Ledger } from '../billing/ledger/ledger.js';
import { StreamLog } from '../billing/ledger/stream-log.js';
import { Tariff } from '../billing/pricing/tariff.js';
import type { MinuteLimits } from '../common/http/rate-limit-headers.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { FallbackOrchestrator } from '../orchestrator/fallback-orchestrator.js';
import type { RouteRun } from '../orchestrator/route-run.js';
import type { AnswerJob } from './answer-job.js';
import { AnswerReports } from './answer-report.js';
import { cachedJob } from './cache/cached-job.js';
import { ResponseCache } from './cache/response-cache.service.js';
import type { RequestWatcher, StreamWatcher } from './completion-request.js';
import { CreditHolds } from './credit-holds.service.js';
import { DetachedAnswers } from './detached-answers.js';
import { RunningAnswer } from './running-answer.js';
import { RunningAnswers } from './running-answers.js';
import { StreamMemory } from './stream-memory.js';

/** Whether an answer has its place among its user's streams. */
interface StreamPlace {
  isTaken: boolean;
}

/** Starts answers in this process: looks for a kept one, waits for a provider, holds the credits, and has it made. */
@Injectable()
export class AnswerStarts {
  private readonly isFreeOnError: boolean;

  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(StreamLog) private readonly streamLog: StreamLog,
    @Inject(CreditHolds) private readonly holds: CreditHolds,
    @Inject(Tariff) private readonly tariff: Tariff,
    @Inject(FallbackOrchestrator) private readonly orchestrator: FallbackOrchestrator,
    @Inject(RunningAnswers) private readonly running: RunningAnswers,
    @Inject(DetachedAnswers) private readonly detached: DetachedAnswers,
    @Inject(StreamMemory) private readonly memory: StreamMemory,
    @Inject(ResponseCache) private readonly cache: ResponseCache,
    @Inject(AnswerReports) private readonly reports: AnswerReports,
    @Inject(ENVIRONMENT) { billing }: Environment,
  ) {
    this.isFreeOnError = billing.isFreeOnError;
  }

  /**
   * Starts an answer, which is among the running ones before this returns its promise.
   * @param afterSeq what the watcher has seen of it
   * @returns undefined where there is an answer already, or another node writes it
   * @throws GatewayError where there is none to come: nothing was stored then
   */
  begin(userId: string, job: AnswerJob, watcher: RequestWatcher, afterSeq: number): Promise<RunningAnswer | undefined> {
    const place: StreamPlace = { isTaken: false };
    const starting = job.request.mayUseCache
      ? this.cached(job).then((each) => this.start(userId, each, place, watcher, afterSeq))
      : this.start(userId, job, place, watcher, afterSeq);
    return this.running.begin(job.key, starting, () => (place.isTaken ? this.holds.release(userId) : undefined));
  }

  private async cached(job: AnswerJob): Promise<AnswerJob> {
    const answer = await this.cache.find(job);
    return answer ? cachedJob(job, answer) : job;
  }

  /** Holds what a job may cost, and answers it. */
  private async start(
    userId: string,
    job: AnswerJob,
    place: StreamPlace,
    watcher: RequestWatcher,
    afterSeq: number,
  ): Promise<RunningAnswer | undefined> {
    const { id, provider } = job.request;
    const traveller = { userId, requestId: id, isAnyWelcome: provider === 'auto' };
    // before the hold: a refusal for want of room stores nothing
    const run = this.orchestrator.begin(traveller, job.cached ? [] : job.steps);
    let answer: RunningAnswer | undefined;
    try {
      const held = await this.holds.hold(userId, job);
      const { result, quota } = held.hold;
      place.isTaken = result === 'held';
      if (place.isTaken && quota) watcher.admitted?.(quota as MinuteLimits);
      if (place.isTaken) answer = this.answer(held.job, run, watcher);
      // Who has seen some of it can't be shown another beginning: the reaper ends it honestly.
      else if (held.hold.status === 'pending' && afterSeq === 0) answer = await this.takeOver(job, run, watcher);
      return answer;
    } finally {
      if (!answer) run.abort();
    }
  }

  /**
   * The id is held but does not run here: its node died before it wrote anything, and it is ours now. Undefined where
   * another node writes it.
   */
  private async takeOver(job: AnswerJob, run: RouteRun, watcher: StreamWatcher): Promise<RunningAnswer | undefined> {
    const ours = await this.holds.takeOver(job);
    return ours && this.answer(ours, run, watcher);
  }

  private answer(job: AnswerJob, run: RouteRun, watcher: StreamWatcher): RunningAnswer {
    const { ledger, streamLog, memory, tariff, orchestrator, detached, cache, reports, isFreeOnError } = this;
    const tools = { ledger, streamLog, memory, tariff, orchestrator, detached, cache, reports, isFreeOnError };
    const answer = new RunningAnswer(tools, job, run);
    answer.audience.join(watcher, 0);
    return answer;
  }
}
