import type { RouteStep } from './route-plan.js';

/** How much one more observation counts: about the last ten make the mean. */
const WEIGHT = 0.2;
/** Clients choose the names of models: so many are remembered, then it begins anew. */
const MOST_REMEMBERED = 5_000;

/** How long each model takes to its first content at each endpoint, as a moving mean. */
export class LatencyAverages {
  private readonly means = new Map<string, number>();

  observe(step: Pick<RouteStep, 'endpointId' | 'model'>, latencyMs: number): void {
    if (this.means.size >= MOST_REMEMBERED) this.means.clear();
    const name = nameOf(step);
    const mean = this.means.get(name);
    this.means.set(name, mean === undefined ? latencyMs : mean + WEIGHT * (latencyMs - mean));
  }

  /** In milliseconds; undefined: nothing was observed. */
  of(step: Pick<RouteStep, 'endpointId' | 'model'>): number | undefined {
    return this.means.get(nameOf(step));
  }
}

function nameOf({ endpointId, model }: Pick<RouteStep, 'endpointId' | 'model'>): string {
  return `${endpointId} ${model}`;
}
