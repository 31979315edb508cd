import { Inject, Injectable } from '@nestjs/common';
import { GatewayConfiguration } from '../config/gateway-config/gateway-configuration.js';
import { arrangeSteps } from './arrange-steps.js';
import { LatencyAverages } from './latency-averages.js';
import type { RouteQuestion, RouteStep } from './route-plan.js';

/** Gives each request its own order of a plan, by the strategy in force. */
@Injectable()
export class RouteArranger {
  readonly latencies = new LatencyAverages();

  constructor(@Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration) {}

  /**
   * The plan in this request's order, its first step the one that is tried first. Strategies are for `auto`: who names a
   * provider gets the order of preference behind it.
   * @param costOf what the request would cost at a step, in any unit
   */
  arrange<Step extends RouteStep>(
    steps: readonly Step[],
    { provider, mayFallBack }: Pick<RouteQuestion, 'provider' | 'mayFallBack'>,
    costOf: (step: Step) => number,
  ): readonly Step[] {
    const { strategy, weights } = this.configuration.inForce;
    const isAuto = provider === 'auto';
    const arranged = arrangeSteps(steps, {
      strategy: isAuto ? strategy : 'priority',
      weightOf: (providerId) => weights.get(providerId) ?? 1,
      latencyOf: (step) => this.latencies.of(step),
      costOf,
      random: Math.random,
    });
    return isAuto && !mayFallBack ? atFirstProvider(arranged) : arranged;
  }
}

/** Whoever may not fall back stays with one provider and one model; its endpoints are all the same to him. */
function atFirstProvider<Step extends RouteStep>(steps: readonly Step[]): readonly Step[] {
  const [first] = steps;
  return steps.filter(({ providerId, model }) => providerId === first?.providerId && model === first.model);
}
