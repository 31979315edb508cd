import { Inject, Injectable, Logger } from '@nestjs/common';
import { priceSnapshot } from '../../../billing/pricing/price-snapshot.js';
import { promptTokensAt } from '../../../billing/pricing/prompt-size.js';
import { Tariff } from '../../../billing/pricing/tariff.js';
import { GatewayError } from '../../../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../../../config/config.module.js';
import type { Environment } from '../../../config/environment.js';
import { FallbackOrchestrator } from '../../../orchestrator/fallback-orchestrator.js';
import { RouteArranger } from '../../../orchestrator/route-arranger.js';
import type { RouteRun } from '../../../orchestrator/route-run.js';
import { ProviderError } from '../../../providers/contract/provider-error.js';
import type { StepReason } from '../workflow-step.js';
import type { StepEnd } from '../workflow.store.js';
import { enhanceConversation, type EnhanceQuestion } from './enhance-conversation.js';
import { enhanceJob, enhanceRequest, type EnhanceJob, type PricedStep } from './enhance-job.js';
import { readEnhancedPrompt } from './read-enhanced-prompt.js';
import { WrittenAnswer } from './written-answer.js';

/** Of the words that a model may take for a prompt: what goes beyond is no answer to our question. */
const MOST_CHARACTERS_PER_TOKEN = 16;

/** What was answered, by whom. */
interface Written {
  step: PricedStep;
  answer: WrittenAnswer;
}

/** Has prompts enhanced by a text model, through the orchestrator as any request: with its failover, breakers and limits. */
@Injectable()
export class PromptEnhancer {
  private readonly logger = new Logger(PromptEnhancer.name);
  private readonly model: string;

  constructor(
    @Inject(FallbackOrchestrator) private readonly orchestrator: FallbackOrchestrator,
    @Inject(RouteArranger) private readonly arranger: RouteArranger,
    @Inject(Tariff) private readonly tariff: Tariff,
    @Inject(ENVIRONMENT) { video }: Environment,
  ) {
    this.model = video.enhanceModel;
  }

  /** What the enhancement takes; the reason where there is nobody to ask. */
  prepare(question: EnhanceQuestion): EnhanceJob | StepReason {
    const route = { operation: 'chat', provider: 'auto', model: this.model, mayFallBack: true } as const;
    const plan = this.orchestrator.plan({ ...route, needs: { structuredOutput: 'responseFormat' } });
    if (plan.length === 0) return 'not_configured';
    const priced = plan.flatMap((step): PricedStep[] => {
      const price = this.tariff.priceOf(step.providerId, step.model);
      return price ? [{ ...step, price }] : [];
    });
    const usual = { inputTokens: 500, outputTokens: 200 };
    const [first, ...others] = this.arranger.arrange(priced, route, ({ price }) =>
      Number(this.tariff.costOf(usual, price)),
    );
    if (!first) return 'no_price';
    return enhanceJob([first, ...others], enhanceConversation(question), question.mostCharacters, this.tariff);
  }

  /**
   * Asks for the prompt. Never throws: what goes wrong is how the step ends.
   * @param withinMs the whole time that it may take
   */
  async enhance(userId: string, requestId: string, job: EnhanceJob, withinMs: number): Promise<StepEnd> {
    const begunMs = performance.now();
    let run: RouteRun | undefined;
    let deadline: NodeJS.Timeout | undefined;
    try {
      run = this.orchestrator.begin({ userId, requestId, isAnyWelcome: true }, job.steps);
      deadline = setTimeout(() => run?.abort(), withinMs);
      const written = await this.write(run, job);
      const prompt =
        written.answer.finishReason === 'stop'
          ? readEnhancedPrompt(written.answer.text, job.mostCharacters)
          : undefined;
      return this.end(job, run, begunMs, written, prompt === undefined ? 'unusable_answer' : { prompt });
    } catch (error) {
      if (!(error instanceof GatewayError) && !run?.isAborted) this.logger.error(error);
      return this.end(job, run, begunMs, undefined, run?.isAborted ? 'timeout' : 'provider_failed');
    } finally {
      clearTimeout(deadline);
      run?.place.leave();
    }
  }

  /** Until one answers to the end. @throws GatewayError with the reason of every attempt; whatever an aborted run ends with */
  private async write(run: RouteRun, job: EnhanceJob): Promise<Written> {
    for (;;) {
      const { step, answer: stream } = await this.orchestrator.stream(run, job.prompt.wireBytes, (each) =>
        enhanceRequest(job, each),
      );
      const answer = new WrittenAnswer();
      try {
        for (let batch = await stream.next(); batch; batch = await stream.next()) {
          for (const part of batch) answer.take(part);
          if (answer.text.length > job.outputLimit * MOST_CHARACTERS_PER_TOKEN) {
            stream.close();
            answer.finishReason = 'length';
            break;
          }
        }
        if (run.isAborted) throw new GatewayError('CANCELLED', 'The enhancement took too long.');
        return { step: step as PricedStep, answer };
      } catch (error) {
        if (!(error instanceof ProviderError) || run.isAborted) throw error;
        this.orchestrator.brokeOff(run, error);
      }
    }
  }

  /** A usable prompt costs what the provider counted, at most what is held; anything else costs nothing. */
  private end(
    job: EnhanceJob,
    run: RouteRun | undefined,
    begunMs: number,
    written: Written | undefined,
    result: { prompt: string } | StepReason,
  ): StepEnd {
    const { model, providerId: provider, price } = written?.step ?? job.steps[0];
    const isDone = typeof result === 'object';
    const reported = written?.answer.usage;
    const counted = {
      inputTokens: promptTokensAt(model, job.prompt),
      outputTokens: written?.answer.countedTokens ?? 0,
    };
    const usage = isDone ? (reported ?? counted) : { inputTokens: 0, outputTokens: 0 };
    const cost = isDone ? this.tariff.costOf(usage, price) : 0n;
    const error =
      result === 'timeout' ? 'CANCELLED' : result === 'provider_failed' ? 'ALL_PROVIDERS_FAILED' : 'UPSTREAM_LOST';
    const outcome = JSON.stringify({
      model,
      provider,
      latency: Math.round(performance.now() - begunMs),
      finishReason: isDone ? 'stop' : 'error',
      usage,
      usageSource: isDone && reported ? 'provider' : 'estimated',
      attempts: run?.attempts ?? [],
      ...(isDone ? {} : { error }),
      ...(written ? { price: priceSnapshot(price, usage.inputTokens) } : {}),
    });
    const end = { model, provider, cost: cost < job.hold.amount ? cost : job.hold.amount, outcome };
    return isDone ? { ...end, state: 'done', prompt: result.prompt } : { ...end, state: 'failed', reason: result };
  }
}
