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

/** A half-open circuit lets a request in: whether the provider is back is found out by it. */
export function providerHealth({ id, breaker, cooldownMs }: ProviderStanding): ProviderHealth {
  return {
    id,
    isAvailable: breaker !== 'open' && cooldownMs === 0,
    breaker,
    cooldownMs: Math.ceil(cooldownMs / 1_000) * 1_000,
  };
}
