import { Inject, Injectable } from '@nestjs/common';
import { Tariff } from '../billing/pricing/tariff.js';
import { FallbackOrchestrator } from '../orchestrator/fallback-orchestrator.js';
import { pricedSteps } from './job-preparation.js';
import type { PricedStep } from './answer-job.js';
import type { CompletionRequest } from './completion-request.js';
import { requestNeeds } from './request-needs.js';

/** Clients choose the names of models: so many routes are remembered, then it begins anew. */
const MOST_REMEMBERED = 1_000;

/** Routes with their prices. Neither changes while the process runs, so each is made once. */
@Injectable()
export class PricedRoutes {
  private readonly remembered = new Map<string, readonly PricedStep[]>();

  constructor(
    @Inject(FallbackOrchestrator) private readonly orchestrator: FallbackOrchestrator,
    @Inject(Tariff) private readonly tariff: Tariff,
  ) {}

  /** @throws GatewayError MODEL_NOT_FOUND as `pricedSteps` */
  routeFor(request: CompletionRequest): readonly PricedStep[] {
    const { type, provider, model, mayFallBack } = request;
    const operation = type === 'embedding' ? 'embedding' : 'chat';
    const needs = requestNeeds(request);
    const name = `${operation} ${provider} ${model} ${mayFallBack} ${Object.keys(needs).join()}`; // none of them holds a space
    let steps = this.remembered.get(name);
    if (!steps) {
      const question = { operation, provider, model, mayFallBack, needs } as const;
      steps = pricedSteps(request, this.orchestrator.plan(question), this.tariff);
      if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
      this.remembered.set(name, steps);
    }
    return steps;
  }
}
