import { GatewayError } from '../../common/errors/gateway-error.js';
import type { AnswerStream } from '../../orchestrator/answer-stream.js';
import type { Answered, FallbackOrchestrator } from '../../orchestrator/fallback-orchestrator.js';
import type { RouteStep } from '../../orchestrator/route-plan.js';
import type { RouteRun } from '../../orchestrator/route-run.js';
import { ProviderError } from '../../providers/contract/provider-error.js';
import { textRequest, type AnswerJob } from '../answer-job.js';
import type { DeliveredAnswer } from './delivered-answer.js';
import { canBeSpliced, Splice } from './splice.js';

/** Another answer that takes the place of one that broke off; what it has repeated of that is not in it any more. */
export interface RescuedAnswer extends Answered<AnswerStream> {
  /** How it goes on. */
  way: 'spliced';
}

/**
 * Looks for another answer to go on with when one broke off after some of it was delivered (docs/architecture.md,
 * rescue). What it asks providers for is the house's cost.
 */
export class Rescue {
  /** A provider refused the request itself: nobody else is asked. */
  private isRefused = false;

  constructor(
    private readonly orchestrator: FallbackOrchestrator,
    private readonly run: RouteRun,
    private readonly job: AnswerJob,
  ) {}

  /**
   * @param broken the step that the answer broke off at
   * @returns undefined: nothing can be done
   * @throws GatewayError where the run was aborted meanwhile
   */
  async goOn(broken: RouteStep, delivered: DeliveredAnswer): Promise<RescuedAnswer | undefined> {
    if (!canBeSpliced(delivered)) return undefined;
    return this.splice(broken, delivered);
  }

  /** Asks again, there first, until an answer repeats what was delivered. */
  private async splice(broken: RouteStep, delivered: DeliveredAnswer): Promise<RescuedAnswer | undefined> {
    this.run.comeBackTo(broken);
    for (let found = await this.ask(); found; found = await this.ask()) {
      if (await this.repeats(found.answer, delivered)) return { ...found, way: 'spliced' };
    }
    return undefined;
  }

  /** @returns undefined: nobody is left to ask */
  private async ask(): Promise<Answered<AnswerStream> | undefined> {
    if (this.isRefused) return undefined;
    try {
      return await this.orchestrator.stream(this.run, this.job.promptBytes, (step) => textRequest(this.job, step));
    } catch (error) {
      if (this.run.isAborted || !(error instanceof GatewayError)) throw error;
      this.isRefused = !error.isRetryable;
      return undefined;
    }
  }

  /** Holds an answer back while it repeats what was delivered. @returns whether it did, to the end of that */
  private async repeats(answer: AnswerStream, delivered: DeliveredAnswer): Promise<boolean> {
    const splice = new Splice(delivered);
    try {
      for (let batch = await answer.next(); batch; batch = await answer.next()) {
        const news = splice.take(batch);
        if (news === 'same') continue;
        if (news !== 'differs') {
          answer.unread(news);
          return true;
        }
        break;
      }
      answer.close();
      if (!this.run.isAborted) this.orchestrator.diverged(this.run);
    } catch (error) {
      if (!(error instanceof ProviderError) || this.run.isAborted) throw error;
      this.orchestrator.brokeOff(this.run, error);
    }
    return false;
  }
}
