import { GatewayError } from '../common/errors/gateway-error.js';
import type { Ledger } from '../billing/ledger/ledger.js';
import type { FinishOperation } from '../billing/ledger/ledger-operations.js';
import type { StreamLog } from '../billing/ledger/stream-log.js';
import type { Tariff } from '../billing/pricing/tariff.js';
import type { FallbackOrchestrator } from '../orchestrator/fallback-orchestrator.js';
import type { RouteRun } from '../orchestrator/route-run.js';
import { endOfAnswer, type Answer } from './answer-end.js';
import { AnswerGeneration } from './answer-generation.js';
import type { AnswerJob } from './answer-job.js';
import type { AnswerReport, AnswerReports } from './answer-report.js';
import { Audience } from './audience.js';
import type { StreamWatcher } from './completion-request.js';
import type { DetachedAnswers } from './detached-answers.js';
import { HoldMeter } from './hold-meter.js';
import { keepableAnswer } from './cache/keepable-answer.js';
import type { ResponseCache } from './cache/response-cache.service.js';
import type { Ending } from './settlement.js';
import { StoredEnd } from './stored-end.js';
import type { StreamMemory } from './stream-memory.js';
import { StreamLostError, StreamWriter } from './stream-writer.js';

/** What an answer works with. */
export interface AnswerTools {
  ledger: Ledger;
  streamLog: StreamLog;
  memory: StreamMemory;
  tariff: Tariff;
  orchestrator: FallbackOrchestrator;
  /** Keeps answers that may be given again. */
  cache: Pick<ResponseCache, 'keep'>;
  detached: DetachedAnswers;
  reports: Pick<AnswerReports, 'tell'>;
  isFreeOnError: boolean;
  /** Whether an end is to be stored; absent: every one is. One that isn't leaves the request for another try. */
  isFinal?: (ending: Ending) => boolean;
}

/** Longest life of an answer, below the hold's own deadline, so that the end is ours to write. */
export const LONGEST_ANSWER_MS = 30 * 60_000;

/**
 * One answer on its way: it owns the upstream connection, counts, logs, and ends in exactly one terminal frame, charged
 * in the same commit. Connections only watch it; none of them is needed for it to go on.
 */
export class RunningAnswer {
  readonly audience: Audience;
  private readonly writer: StreamWriter;
  private readonly generation: AnswerGeneration;
  private readonly idJson: string;
  private readonly heldAtMs = performance.now();
  private settlingAtMs: number | undefined;
  private stopEnding: Ending | undefined;

  constructor(
    private readonly tools: AnswerTools,
    readonly job: AnswerJob,
    private readonly run: RouteRun,
  ) {
    this.idJson = JSON.stringify(job.request.id);
    const readPage = (afterSeq: number, bytes: number) =>
      this.writer.recent(afterSeq, bytes) ?? tools.streamLog.readPage(job.key, afterSeq, bytes);
    this.audience = new Audience(readPage, (isWatched) =>
      isWatched ? tools.detached.returned(this) : tools.detached.left(this),
    );
    this.writer = new StreamWriter(tools.ledger, job.key, this.audience, tools.memory, () => this.run.abort());
    const meter = new HoldMeter(tools.ledger, job.key, job.size, job.heldTokens, job.outputLimit);
    this.generation = new AnswerGeneration({ ...tools, readPage, writer: this.writer, meter }, job, run);
  }

  /** Runs to the end, whatever happens; never throws. */
  async complete(): Promise<void> {
    const deadline = setTimeout(() => this.stop(tooLong()), LONGEST_ANSWER_MS);
    try {
      const ending = await this.produce();
      if (this.tools.isFinal?.(ending) === false) return;
      await this.conclude(ending);
      this.audience.end();
    } catch (error) {
      this.run.abort();
      const storedEnd = new StoredEnd(this.tools.ledger, this.tools.streamLog, this.job.key, this.audience);
      await storedEnd.show(error, () => this.endAtOurCost());
      this.report({ outcome: 'lost' });
    } finally {
      clearTimeout(deadline);
      this.run.place.leave(); // nothing is kept of any provider, whatever happened
      this.writer.close();
      this.generation.close();
      this.tools.detached.returned(this);
    }
  }

  /** Ends the answer with this error, charged for what was delivered. The first reason counts. */
  stop(error: GatewayError): void {
    this.endWith({ kind: 'error', error });
  }

  /** Ends the answer as if its credits had run out. Vectors come whole or not at all, and soon: they are waited for. */
  stopSpending(): void {
    if (this.job.request.type !== 'embedding') this.endWith({ kind: 'done', finishReason: 'credits_exhausted' });
  }

  /** Shows the answer from `afterSeq` on, then live; the terminal frame in any case, however far `afterSeq` reaches. */
  attach(watcher: StreamWatcher, afterSeq: number): void {
    this.audience.join(watcher, Math.min(afterSeq, this.writer.seq - 1));
  }

  private endWith(ending: Ending): void {
    this.stopEnding ??= ending;
    this.run.abort();
  }

  private async produce(): Promise<Ending> {
    try {
      const ending = await this.generation.produce();
      if (ending) return ending;
    } catch (error) {
      if (error instanceof StreamLostError) throw error;
      return this.stopEnding ?? { kind: 'error', error: GatewayError.from(error) };
    }
    if (this.stopEnding) return this.stopEnding;
    throw new StreamLostError('the stream is no longer ours');
  }

  private async conclude(ending: Ending): Promise<void> {
    const { tariff, isFreeOnError, cache } = this.tools;
    const answer = this.answer(ending);
    this.settlingAtMs = performance.now();
    const { terminal, settlement } = endOfAnswer(answer, this.idJson, this.writer.seq, tariff, isFreeOnError);
    const { charged, shortfall } = await this.writer.finish(terminal);
    const outcome = ending.kind === 'done' ? 'done' : ending.error.code;
    this.report({ outcome, settlement, charged: charged ?? 0n, shortfall: shortfall ?? 0n });
    const keepable = keepableAnswer(answer);
    if (keepable) void cache.keep(this.job, keepable);
  }

  private answer(ending: Ending): Answer {
    const { step, content, vectors } = this.generation;
    return {
      job: this.job,
      step,
      ending,
      attempts: this.run.attempts,
      attemptCount: this.run.log.calls,
      content,
      vectors,
    };
  }

  private report(end: Pick<AnswerReport, 'outcome' | 'settlement' | 'charged' | 'shortfall'>): void {
    const { job, run, heldAtMs } = this;
    const { step, rescues } = this.generation;
    const endedAtMs = performance.now();
    const settlingAtMs = this.settlingAtMs ?? endedAtMs;
    const { delivery } = this.writer;
    this.tools.reports.tell({ ...end, job, run, step, delivery, rescues, heldAtMs, settlingAtMs, endedAtMs });
  }

  /** The ledger refused the end as it was: the fault is ours, and so is the cost. */
  private endAtOurCost(): FinishOperation {
    const error = new GatewayError('INTERNAL', 'The end of this answer could not be stored; nothing was charged.');
    const { seq } = this.writer;
    const answer = { ...this.answer({ kind: 'error', error }), step: undefined };
    const { frame, outcome } = endOfAnswer(answer, this.idJson, seq, this.tools.tariff, true).terminal;
    return { ...this.job.key, seq, outputTokens: answer.content.countedTokens, frame, cost: 0n, outcome };
  }
}

function tooLong(): GatewayError {
  return new GatewayError(
    'UPSTREAM_LOST',
    `The answer took longer than ${LONGEST_ANSWER_MS / 60_000} minutes and was ended.`,
  );
}
