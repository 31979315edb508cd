import type { ProviderStanding } from '../../orchestrator/fallback-orchestrator.js';

/** How a provider stands on this node, for clients. */
export interface ProviderHealth {
  id: string;
  /** A request would be sent there now. */
  isAvailable: boolean;
  breaker: ProviderStanding['breaker'];
  /** How long it is still left alone, in whole seconds' milliseconds: lists that are asked for meanwhile stay the same. */
  cooldownMs: number;
}

/**
 * Each provider once, as the best of its keys and deployments stands. A half-open circuit lets a request in: whether the
 * provider is back is found out by it.
 */
export function providersHealth(standings: readonly ProviderStanding[]): ProviderHealth[] {
  const best = new Map<string, ProviderHealth>();
  for (const { providerId: id, breaker, cooldownMs } of standings) {
    const isAvailable = breaker !== 'open' && cooldownMs === 0;
    const health = { id, isAvailable, breaker, cooldownMs: Math.ceil(cooldownMs / 1_000) * 1_000 };
    const known = best.get(id);
    if (!known || isBetter(health, known)) best.set(id, health);
  }
  return [...best.values()];
}

const STATES: readonly ProviderHealth['breaker'][] = ['closed', 'half-open', 'open'];

function isBetter(one: ProviderHealth, other: ProviderHealth): boolean {
  const worse = STATES.indexOf(one.breaker) - STATES.indexOf(other.breaker);
  return one.isAvailable === other.isAvailable
    ? worse < 0 || (worse === 0 && one.cooldownMs < other.cooldownMs)
    : one.isAvailable;
}
