import { Inject, Injectable } from '@nestjs/common';
import { modelForbidden, type Rights } from '../auth/role-rights.js';
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
   *   MODEL_NOT_FOUND as `pricedSteps`; FORBIDDEN where none of the models is one that the rights allow
   */
  routeFor(request: CompletionRequest, rights: Rights): readonly PricedStep[] {
    let usage: TokenUsage | undefined;
    return this.arranger.arrange(this.permitted(request, rights), request, ({ price }) =>
      Number(this.tariff.costOf((usage ??= usualUsage(request)), price)),
    );
  }

  /** Stand-ins are held to the rights, too. Whoever may use an alias may use what it stands for. */
  private permitted(request: CompletionRequest, rights: Rights): readonly PricedStep[] {
    if (rights.isAnyModel) return this.planFor(request);
    const operation = operationOf(request);
    const isAllowed = (model: string) => rights.mayUse(operation, model);
    const isAlias = this.configuration.inForce.aliases.has(request.model);
    if (isAlias && isAllowed(request.model)) return this.planFor(request);
    const steps = this.planFor(request).filter(({ model }) => isAllowed(model));
    if (steps[0]?.onlyAfter !== undefined || steps.length === 0) throw modelForbidden(request.model);
    return steps;
  }

  private planFor(request: CompletionRequest): readonly PricedStep[] {
    const { provider, model, mayFallBack } = request;
    const operation = operationOf(request);
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
    return pricedSteps(request, steps, this.tariff, this.configuration.inForce.aliases.get(request.model));
  }
}

function operationOf({ type }: CompletionRequest): 'embedding' | 'chat' {
  return type === 'embedding' ? 'embedding' : 'chat';
}

/** About what a request will use: enough to tell which provider is cheaper. */
function usualUsage(request: CompletionRequest): TokenUsage {
  const { type, maxTokens = USUAL_ANSWER_TOKENS } = request;
  return {
    inputTokens: measurePrompt(request).textTokens,
    outputTokens: type === 'embedding' ? 0 : Math.min(maxTokens, USUAL_ANSWER_TOKENS),
  };
}
