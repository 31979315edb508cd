import { Logger } from '@nestjs/common';
import { GatewayError } from '../common/errors/gateway-error.js';
import type { Ledger } from '../billing/ledger/ledger.js';
import type { FinishOperation } from '../billing/ledger/ledger-operations.js';
import type { LogPage, StreamLog } from '../billing/ledger/stream-log.js';
import type { Tariff } from '../billing/pricing/tariff.js';
import type { AnswerStream } from '../orchestrator/answer-stream.js';
import type { Answered, FallbackOrchestrator } from '../orchestrator/fallback-orchestrator.js';
import type { RouteRun } from '../orchestrator/route-run.js';
import { ProviderError } from '../providers/contract/provider-error.js';
import type { StreamPart } from '../providers/contract/stream-part.js';
import { AnswerContent } from './answer-content.js';
import { terminalFrame, type Answer } from './answer-end.js';
import { chunkFrame } from './answer-frames.js';
import { textRequest, type AnswerJob, type PricedStep } from './answer-job.js';
import { Audience } from './audience.js';
import type { StreamWatcher } from './completion-request.js';
import type { DetachedAnswers } from './detached-answers.js';
import { HoldMeter } from './hold-meter.js';
import { CachedSource } from './cache/cached-source.js';
import { keepableAnswer } from './cache/keepable-answer.js';
import type { ResponseCache } from './cache/response-cache.service.js';
import { readDelivered } from './rescue/delivered-answer.js';
import { Rescue } from './rescue/rescue.js';
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
  isFreeOnError: boolean;
  /** Whether an end is to be stored; absent: every one is. One that isn't leaves the request for another try. */
  isFinal?: (ending: Ending) => boolean;
}

/** Longest life of an answer, below the hold's own deadline, so that the end is ours to write. */
export const LONGEST_ANSWER_MS = 30 * 60_000;

/**
 * A provider that honours its limit never gets there: tokens have 4 characters or so on average. Tokens themselves can't
 * be used for this, as our count of deltas depends on how a provider cuts them.
 */
const MOST_CHARACTERS_PER_TOKEN = 8;
const SPARE_CHARACTERS = 1_000;

/**
 * One answer on its way: it owns the upstream connection, counts, logs, and ends in exactly one terminal frame, charged
 * in the same commit. Connections only watch it; none of them is needed for it to go on.
 */
export class RunningAnswer {
  readonly audience: Audience;
  private readonly logger = new Logger(RunningAnswer.name);
  private readonly writer: StreamWriter;
  private readonly meter: HoldMeter;
  private readonly rescuer: Rescue;
  private readonly idJson: string;
  private step: PricedStep | undefined;
  private content: AnswerContent;
  /** Whoever is asked for the answer. */
  private readonly source: Pick<FallbackOrchestrator, 'stream' | 'embed'>;
  /** Whose answer the frames name: each that it comes from is named on its first one. */
  private shownStep: PricedStep | undefined;
  private vectors: Answer['vectors'];
  private readonly mostCharacters: number;
  private stopEnding: Ending | undefined;

  constructor(
    private readonly tools: AnswerTools,
    readonly job: AnswerJob,
    private readonly run: RouteRun,
  ) {
    this.audience = new Audience(this.readPage, (isWatched) =>
      isWatched ? tools.detached.returned(this) : tools.detached.left(this),
    );
    this.idJson = JSON.stringify(job.request.id);
    this.content = this.emptyContent();
    this.source = job.cached ? new CachedSource(job.cached, job.steps[0]!) : tools.orchestrator;
    this.mostCharacters = job.outputLimit * MOST_CHARACTERS_PER_TOKEN + SPARE_CHARACTERS;
    this.writer = new StreamWriter(tools.ledger, job.key, this.audience, tools.memory, () => this.run.abort());
    this.rescuer = new Rescue(tools.orchestrator, run, job);
    this.meter = new HoldMeter(tools.ledger, job.key, job.size, job.heldTokens, job.outputLimit);
  }

  private readonly readPage = (afterSeq: number, bytes: number): LogPage | Promise<LogPage> =>
    this.writer.recent(afterSeq, bytes) ?? this.tools.streamLog.readPage(this.job.key, afterSeq, bytes);

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
    } finally {
      clearTimeout(deadline);
      this.run.place.leave(); // nothing is kept of any provider, whatever happened
      this.writer.close();
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
      return this.job.request.type === 'embedding' ? await this.embed() : await this.generate();
    } catch (error) {
      if (error instanceof StreamLostError) throw error;
      return this.stopEnding ?? { kind: 'error', error: GatewayError.from(error) };
    }
  }

  private async embed(): Promise<Ending> {
    const { inputs, vectors = { encoding: 'float' } } = this.job.request;
    const { step, answer } = await this.source.embed(this.run, this.job.promptBytes, ({ model }) => ({
      model,
      inputs,
      ...vectors,
    }));
    this.step = step as PricedStep;
    this.vectors = answer.vectors;
    this.content.usage = answer.usage;
    this.content.finishReason = 'stop';
    return { kind: 'done', finishReason: 'stop' };
  }

  private async generate(): Promise<Ending> {
    let answered = await this.ask();
    for (;;) {
      this.step = answered.step as PricedStep;
      try {
        return await this.read(answered.answer);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        if (this.run.isAborted) throw error;
        this.tools.orchestrator.brokeOff(this.run, error);
        answered = this.writer.hasWritten ? await this.rescue(this.step, error) : await this.startOver(this.step);
      }
    }
  }

  private ask(): Promise<Answered<AnswerStream>> {
    const { job, run } = this;
    return this.source.stream(run, job.promptBytes, (step) => textRequest(job, step));
  }

  /** Nothing was shown yet: the next provider's answer takes the place of this one. */
  private startOver(broken: PricedStep): Promise<Answered<AnswerStream>> {
    this.content = this.emptyContent();
    this.step = undefined;
    this.run.comeBackTo(broken, true);
    return this.ask();
  }

  /** Some of it was shown: only an answer that goes on from there will do. */
  private async rescue(broken: PricedStep, error: ProviderError): Promise<Answered<AnswerStream>> {
    await this.writer.allLogged();
    const delivered = await readDelivered(this.readPage, this.writer.seq - 1).catch(() => undefined);
    const rescued = delivered && (await this.rescuer.goOn(broken, delivered));
    if (!rescued) throw brokenOff(error);
    this.content = this.content.goneOnWith();
    return rescued;
  }

  private async read(answer: AnswerStream): Promise<Ending> {
    for (let batch = await answer.next(); batch; batch = await answer.next()) {
      const isWithinLimit = this.takeAll(batch);
      this.writer.flush();
      if (!isWithinLimit) return this.cutShort(answer);
      if (this.tools.memory.isFull) await this.waitForRoom(answer);
      const isCovered = this.meter.covers(this.content.countedTokens);
      if (isCovered === true || (await isCovered)) continue;
      answer.close();
      if (this.meter.trouble) return { kind: 'error', error: this.meter.trouble };
      return { kind: 'done', finishReason: 'credits_exhausted' };
    }
    if (this.run.isAborted) {
      if (this.stopEnding) return this.stopEnding;
      throw new StreamLostError('the stream is no longer ours');
    }
    const { finishReason = 'unknown' } = this.content;
    const isCut = finishReason === 'length' && this.job.isClamped;
    return { kind: 'done', finishReason: isCut ? 'credits_exhausted' : finishReason };
  }

  /** The process holds as much as it may: the provider is not read from, and no deadline runs, until there is room. */
  private async waitForRoom(answer: AnswerStream): Promise<void> {
    answer.pause();
    while (this.tools.memory.isFull && !this.run.isAborted) {
      await this.tools.memory.room();
      this.writer.economize();
    }
  }

  /** The provider writes on beyond any reading of its limit: no more of it is taken, or paid for. */
  private cutShort(answer: AnswerStream): Ending {
    this.logger.warn(`${this.step?.providerId} ignores the output limit; its answer was cut`);
    answer.close();
    return { kind: 'done', finishReason: this.job.isClamped ? 'credits_exhausted' : 'length' };
  }

  /**
   * Takes what one read brought, up to the part that goes beyond any reading of the output limit; false then. What comes
   * after it is not taken even if it is already here, so that the same answer is charged the same however it was cut up.
   */
  private takeAll(batch: readonly StreamPart[]): boolean {
    for (const part of batch) {
      this.take(part);
      if (this.content.characters > this.mostCharacters) return false;
    }
    return true;
  }

  private take(part: StreamPart): void {
    const chunk = this.content.take(part);
    if (!chunk || !this.job.request.isStreamed) return;
    const source = this.shownStep === this.step ? undefined : this.step;
    this.shownStep = this.step;
    this.writer.write(chunkFrame(this.idJson, this.writer.seq, chunk, source), this.content.countedTokens);
  }

  private emptyContent(): AnswerContent {
    const { isStreamed, mayUseCache } = this.job.request;
    return new AnswerContent(!isStreamed || mayUseCache);
  }

  private async conclude(ending: Ending): Promise<void> {
    const { tariff, isFreeOnError, cache } = this.tools;
    const answer = this.answer(ending);
    await this.writer.finish(terminalFrame(answer, this.idJson, this.writer.seq, tariff, isFreeOnError));
    const keepable = keepableAnswer(answer);
    if (keepable) void cache.keep(this.job, keepable);
  }

  private answer(ending: Ending): Answer {
    return {
      job: this.job,
      step: this.step,
      ending,
      attempts: this.run.attempts,
      attemptCount: this.run.attemptCount,
      content: this.content,
      vectors: this.vectors,
    };
  }

  /** The ledger refused the end as it was: the fault is ours, and so is the cost. */
  private endAtOurCost(): FinishOperation {
    const error = new GatewayError('INTERNAL', 'The end of this answer could not be stored; nothing was charged.');
    this.step = undefined;
    const { seq } = this.writer;
    const answer = this.answer({ kind: 'error', error });
    const { frame, outcome } = terminalFrame(answer, this.idJson, seq, this.tools.tariff, true);
    return { ...this.job.key, seq, outputTokens: this.content.countedTokens, frame, cost: 0n, outcome };
  }
}

function brokenOff(cause: ProviderError): GatewayError {
  return new GatewayError(
    'UPSTREAM_LOST',
    'The answer broke off at the provider; what was delivered was charged, the rest was not.',
    {
      details: { provider: cause.providerId, reason: cause.kind },
      cause,
    },
  );
}

function tooLong(): GatewayError {
  return new GatewayError(
    'UPSTREAM_LOST',
    `The answer took longer than ${LONGEST_ANSWER_MS / 60_000} minutes and was ended.`,
  );
}
