import { Inject, Injectable } from '@nestjs/common';
import { measurePrompt } from '../billing/pricing/prompt-size.js';
import { Tariff } from '../billing/pricing/tariff.js';
import type { GatewayConfig } from '../config/gateway-config/gateway-config.js';
import { GatewayConfiguration } from '../config/gateway-config/gateway-configuration.js';
import { FallbackOrchestrator } from '../orchestrator/fallback-orchestrator.js';
import { RouteArranger } from '../orchestrator/route-arranger.js';
import type { RouteQuestion } from '../orchestrator/route-plan.js';
import type { TokenUsage } from '../providers/contract/token-usage.js';
import type { PricedStep } from './answer-job.js';
import type { CompletionRequest } from './completion-request.js';
import { pricedSteps } from './job-preparation.js';
import { requestNeeds } from './request-needs.js';
import { needsRefused, unknownProvider } from './route-refusals.js';

/** Clients choose the names of models: so many routes are remembered, then it begins anew. */
const MOST_REMEMBERED = 1_000;
/** An answer's length where its limit says little, in tokens: to compare what providers cost. */
const USUAL_ANSWER_TOKENS = 1_000;

/** Routes with their prices. Neither changes while a configuration is in force, so each is made once. */
@Injectable()
export class PricedRoutes {
  private readonly remembered = new Map<string, readonly PricedStep[]>();
  /** What `remembered` was made under. */
  private config: GatewayConfig | undefined;

  constructor(
    @Inject(FallbackOrchestrator) private readonly orchestrator: FallbackOrchestrator,
    @Inject(RouteArranger) private readonly arranger: RouteArranger,
    @Inject(Tariff) private readonly tariff: Tariff,
    @Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration,
  ) {}

  /**
   * Who may answer a request, in the order in which they are asked.
   * @throws GatewayError VALIDATION_ERROR where the named provider is unknown or no model can do what is asked for;
   *   MODEL_NOT_FOUND as `pricedSteps`
   */
  routeFor(request: CompletionRequest): readonly PricedStep[] {
    let usage: TokenUsage | undefined;
    return this.arranger.arrange(this.planFor(request), request, ({ price }) =>
      Number(this.tariff.costOf((usage ??= usualUsage(request)), price)),
    );
  }

  private planFor(request: CompletionRequest): readonly PricedStep[] {
    const { type, provider, model, mayFallBack } = request;
    const operation = type === 'embedding' ? 'embedding' : 'chat';
    const needs = requestNeeds(request);
    const name = `${operation} ${provider} ${model} ${mayFallBack} ${Object.keys(needs).join()}`; // none of them holds a space
    const { inForce } = this.configuration;
    if (inForce !== this.config || this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.config = inForce;
    let steps = this.remembered.get(name);
    if (!steps) {
      steps = this.plan(request, { operation, provider, model, mayFallBack, needs });
      this.remembered.set(name, steps);
    }
    return steps;
  }

  private plan(request: CompletionRequest, question: RouteQuestion): PricedStep[] {
    const { orchestrator } = this;
    const providerIds = orchestrator.providerIds();
    if (question.provider !== 'auto' && !providerIds.includes(question.provider))
      throw unknownProvider(question.provider, providerIds);
    const steps = orchestrator.plan(question);
    const withoutNeeds = steps.length > 0 ? [] : orchestrator.plan({ ...question, needs: {} });
    if (withoutNeeds.length > 0) throw needsRefused(question, withoutNeeds, orchestrator.modelsFor(question));
    return pricedSteps(request, steps, this.tariff);
  }
}

/** About what a request will use: enough to tell which provider is cheaper. */
function usualUsage(request: CompletionRequest): TokenUsage {
  const { type, maxTokens = USUAL_ANSWER_TOKENS } = request;
  return {
    inputTokens: measurePrompt(request).textTokens,
    outputTokens: type === 'embedding' ? 0 : Math.min(maxTokens, USUAL_ANSWER_TOKENS),
  };
}
