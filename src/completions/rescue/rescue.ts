import { GatewayError } from '../../common/errors/gateway-error.js';
import type { AnswerStream } from '../../orchestrator/answer-stream.js';
import type { Answered, FallbackOrchestrator } from '../../orchestrator/fallback-orchestrator.js';
import type { RouteStep } from '../../orchestrator/route-plan.js';
import type { RouteRun } from '../../orchestrator/route-run.js';
import { ProviderError } from '../../providers/contract/provider-error.js';
import type { StreamPart } from '../../providers/contract/stream-part.js';
import type { TextRequest } from '../../providers/contract/text-request.js';
import { textRequest, type AnswerJob } from '../answer-job.js';
import { loseAttempt } from '../lost-attempt.js';
import { Continuation } from './continuation.js';
import type { DeliveredAnswer } from './delivered-answer.js';
import { waysToGoOn, type Way } from './rescue-plan.js';
import { Splice } from './splice.js';

/** Another answer that takes the place of one that broke off; what it has repeated of that is not in it any more. */
export interface RescuedAnswer extends Answered<AnswerStream> {
  way: Way;
}

/** Looks at what comes, until there is something to be shown of it. */
type HoldBack = (batch: readonly StreamPart[]) => 'same' | 'differs' | StreamPart[];

/**
 * Looks for another answer to go on with when one broke off after some of it was delivered (docs/architecture.md,
 * rescue). What it asks providers for is the house's cost.
 */
export class Rescue {
  /** A provider refused the request itself: nobody else is asked. */
  private isRefused = false;
  private wasContinued = false;

  constructor(
    private readonly orchestrator: FallbackOrchestrator,
    private readonly run: RouteRun,
    private readonly job: AnswerJob,
  ) {}

  /**
   * @param broken the step that the answer broke off at
   * @param deliveredTokens by our own count
   * @returns undefined: nothing can be done
   * @throws GatewayError where the run was aborted meanwhile
   */
  async goOn(
    broken: RouteStep,
    delivered: DeliveredAnswer,
    deliveredTokens: number,
  ): Promise<RescuedAnswer | undefined> {
    for (const way of waysToGoOn(delivered, this.job.request, this.wasContinued)) {
      this.run.comeBackTo(broken);
      const found = await this.find(way, delivered, deliveredTokens);
      if (found) return { ...found, way };
    }
    return undefined;
  }

  private find(way: Way, delivered: DeliveredAnswer, tokens: number): Promise<Answered<AnswerStream> | undefined> {
    switch (way) {
      case 'spliced':
        return this.splice(delivered);
      case 'continued':
        this.wasContinued = true;
        return this.continue(delivered.text, Math.max(1, this.job.outputLimit - tokens));
      case 'restarted':
        return this.ask();
      default:
        return way satisfies never;
    }
  }

  /** Asks until an answer repeats what was delivered. */
  private async splice(delivered: DeliveredAnswer): Promise<Answered<AnswerStream> | undefined> {
    for (let found = await this.ask(); found; found = await this.ask()) {
      const splice = new Splice(delivered);
      if (await this.reachesNews(found.answer, (batch) => splice.take(batch))) return found;
    }
    return undefined;
  }

  /** Asks for what is missing, of the first one that answers. */
  private async continue(text: string, tokensLeft: number): Promise<Answered<AnswerStream> | undefined> {
    const found = await this.ask((request) => ({
      ...request,
      ...(text === '' ? {} : { continuation: text }),
      maxOutputTokens: Math.min(request.maxOutputTokens, tokensLeft),
    }));
    if (!found) return undefined;
    const continuation = new Continuation(text, !found.step.capabilities.prefill);
    return (await this.reachesNews(found.answer, (batch) => continuation.take(batch))) ? found : undefined;
  }

  /** @returns undefined: nobody is left to ask */
  private async ask(
    change: (request: TextRequest) => TextRequest = (request) => request,
  ): Promise<Answered<AnswerStream> | undefined> {
    if (this.isRefused) return undefined;
    const { run, job } = this;
    try {
      return await this.orchestrator.stream(run, job.prompt.wireBytes, (step) => change(textRequest(job, step)));
    } catch (error) {
      if (run.isAborted || !(error instanceof GatewayError)) throw error;
      this.isRefused = !error.isRetryable;
      return undefined;
    }
  }

  /** Holds an answer back until it brings something new. @returns whether it did */
  private async reachesNews(answer: AnswerStream, holdBack: HoldBack): Promise<boolean> {
    try {
      for (let batch = await answer.next(); batch; batch = await answer.next()) {
        const taken = holdBack(batch);
        if (taken === 'differs') break;
        if (taken === 'same') continue;
        answer.unread(taken);
        return true;
      }
      answer.close();
      if (!this.run.isAborted) this.orchestrator.diverged(this.run);
    } catch (error) {
      if (!(error instanceof ProviderError) || this.run.isAborted) throw error;
      this.orchestrator.brokeOff(this.run, error);
    }
    const attempt = this.run.log.records.at(-1);
    if (attempt) loseAttempt(attempt, this.job, 0); // what it repeated was not counted
    return false;
  }
}
