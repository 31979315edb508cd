import { Logger } from '@nestjs/common';
import { GatewayError } from '../common/errors/gateway-error.js';
import type { LogFields } from '../common/logging/log-fields.js';
import type { AnswerStream } from '../orchestrator/answer-stream.js';
import type { Answered, FallbackOrchestrator } from '../orchestrator/fallback-orchestrator.js';
import type { RouteRun } from '../orchestrator/route-run.js';
import { ProviderError } from '../providers/contract/provider-error.js';
import type { StreamPart } from '../providers/contract/stream-part.js';
import { AnswerContent } from './answer-content.js';
import type { Answer } from './answer-end.js';
import { chunkFrame, restartFrame } from './answer-frames.js';
import { textRequest, type AnswerJob, type PricedStep } from './answer-job.js';
import { CachedSource } from './cache/cached-source.js';
import { KeepingRoom } from './cache/keeping-room.js';
import type { HoldMeter } from './hold-meter.js';
import { loseAttempt } from './lost-attempt.js';
import { readDelivered, type ReadPage } from './rescue/delivered-answer.js';
import { Rescue } from './rescue/rescue.js';
import type { Way } from './rescue/rescue-plan.js';
import type { Ending } from './settlement.js';
import type { StreamMemory } from './stream-memory.js';
import type { StreamWriter } from './stream-writer.js';

/** What a generation works with. */
export interface GenerationTools {
  orchestrator: FallbackOrchestrator;
  memory: StreamMemory;
  writer: StreamWriter;
  /** Reads what was written. */
  readPage: ReadPage;
  meter: HoldMeter;
}

/**
 * A provider that honours its limit never gets there: tokens have 4 characters or so on average. Tokens themselves can't
 * be used for this, as our count of deltas depends on how a provider cuts them.
 */
const MOST_CHARACTERS_PER_TOKEN = 8;
const SPARE_CHARACTERS = 1_000;

/** Has an answer made by providers, counts it and writes its frames; where one breaks off, by whoever goes on with it. */
export class AnswerGeneration {
  /** Who answered; undefined: nobody. */
  step: PricedStep | undefined;
  content: AnswerContent;
  vectors: Answer['vectors'];
  /** How it went on, each time that it had broken off. */
  readonly rescues: Way[] = [];
  private readonly logger = new Logger(AnswerGeneration.name);
  private readonly idJson: string;
  private readonly writer: StreamWriter;
  /** Whoever is asked for the answer. */
  private readonly source: Pick<FallbackOrchestrator, 'stream' | 'embed'>;
  private readonly rescuer: Rescue;
  private readonly mostCharacters: number;
  /** For the words of an answer that may be given again. */
  private readonly room: KeepingRoom;
  /** Whose answer the frames name: each that it comes from is named on its first one. */
  private shownStep: PricedStep | undefined;

  constructor(
    private readonly tools: GenerationTools,
    private readonly job: AnswerJob,
    private readonly run: RouteRun,
  ) {
    this.writer = tools.writer;
    this.idJson = JSON.stringify(job.request.id);
    this.room = new KeepingRoom(tools.memory);
    this.content = this.emptyContent();
    this.source = job.cached ? new CachedSource(job.cached, job.steps[0]!) : tools.orchestrator;
    this.rescuer = new Rescue(tools.orchestrator, run, job);
    this.mostCharacters = job.outputLimit * MOST_CHARACTERS_PER_TOKEN + SPARE_CHARACTERS;
  }

  /**
   * @returns undefined: it was hung up on
   * @throws GatewayError where nobody could answer, or go on with what had begun; StreamLostError
   */
  produce(): Promise<Ending | undefined> {
    return this.job.request.type === 'embedding' ? this.embed() : this.generate();
  }

  /** Lets go of what is counted in memory: the answer is over. */
  close(): void {
    this.room.free();
  }

  private async embed(): Promise<Ending> {
    const { inputs, vectors = { encoding: 'float' } } = this.job.request;
    const { step, answer } = await this.source.embed(this.run, this.job.prompt.wireBytes, ({ model }) => ({
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

  private async generate(): Promise<Ending | undefined> {
    let answered = await this.ask();
    for (;;) {
      this.step = answered.step as PricedStep;
      try {
        return await this.read(answered.answer);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        if (this.run.isAborted) throw error;
        this.tools.orchestrator.brokeOff(this.run, error);
        answered = await this.goOn(this.step, error);
      }
    }
  }

  private ask(): Promise<Answered<AnswerStream>> {
    const { job, run } = this;
    return this.source.stream(run, job.prompt.wireBytes, (step) => textRequest(job, step));
  }

  /** Has another answer take the place of one that broke off, which is nobody's to pay then. */
  private async goOn(broken: PricedStep, error: ProviderError): Promise<Answered<AnswerStream>> {
    const attempt = this.run.log.records.at(-1)!;
    const { countedTokens } = this.content;
    if (this.writer.hasWritten) {
      const rescued = await this.rescue(broken, error);
      loseAttempt(attempt, this.job, countedTokens);
      return rescued;
    }
    loseAttempt(attempt, this.job, countedTokens);
    return this.startOver(broken);
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
    const delivered = await readDelivered(this.tools.readPage, this.writer.seq - 1).catch(() => undefined);
    if (!delivered) throw brokenOff(error);
    const bytes = delivered.text.length + delivered.thoughts.length;
    this.tools.memory.take('rescues', bytes);
    try {
      const rescued = await this.rescuer.goOn(broken, delivered, this.content.countedTokens);
      if (!rescued) throw brokenOff(error);
      this.rescues.push(rescued.way);
      if (rescued.way === 'restarted') this.restart();
      else this.goOnWith(rescued.way === 'continued');
      return rescued;
    } finally {
      this.tools.memory.free('rescues', bytes);
    }
  }

  /** @param isPart as AnswerContent has it */
  private goOnWith(isPart: boolean): void {
    this.content = this.content.goneOnWith(isPart);
    this.room.free();
  }

  /** What was shown is void; the frame is logged together with the first content that comes after it. */
  private restart(): void {
    this.content = this.emptyContent();
    this.shownStep = undefined;
    this.writer.write(restartFrame(this.idJson, this.writer.seq), 0);
  }

  private async read(answer: AnswerStream): Promise<Ending | undefined> {
    for (let batch = await answer.next(); batch; batch = await answer.next()) {
      if (!this.takeAll(batch)) return this.cutShort(answer);
      const isCovered = this.tools.meter.covers(this.content.countedTokens);
      if (answer.isAtEnd && isCovered === true) continue; // what came last is logged with the end
      this.writer.flush();
      if (this.tools.memory.isFull) await this.waitForRoom(answer);
      if (isCovered === true || (await isCovered)) continue;
      answer.close();
      if (this.tools.meter.trouble) return { kind: 'error', error: this.tools.meter.trouble };
      return { kind: 'done', finishReason: 'credits_exhausted' };
    }
    if (this.run.isAborted) return undefined;
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
    const about: LogFields = { requestId: this.job.request.id };
    this.logger.warn(`${this.step?.providerId} ignores the output limit; its answer was cut`, about);
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
    const { request, cached } = this.job;
    this.room.free();
    if (!request.isStreamed) return new AnswerContent(true);
    return new AnswerContent(request.mayUseCache && !cached, true, this.room);
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
