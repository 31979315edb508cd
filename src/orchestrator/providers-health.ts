import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { FallbackOrchestrator, type ProviderStanding } from './fallback-orchestrator.js';

/** How the providers stand. One that fails is no reason to take the gateway out of service: it is degraded. */
@Injectable()
export class ProvidersHealth {
  constructor(
    @Inject(FallbackOrchestrator) private readonly orchestrator: FallbackOrchestrator,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
  ) {}

  check(): HealthIndicatorResult<'providers'> {
    const indicator = this.indicators.check('providers');
    const providers = this.orchestrator.health();
    const details = Object.fromEntries(
      providers.map(({ id, providerId: _, ...standing }) => [
        id,
        { status: isWell(standing) ? 'up' : 'degraded', ...standing },
      ]),
    );
    const areWell = providers.length > 0 && providers.every(isWell);
    return areWell ? indicator.up(details) : indicator.degraded(details);
  }
}

function isWell({ breaker, cooldownMs }: Pick<ProviderStanding, 'breaker' | 'cooldownMs'>): boolean {
  return breaker === 'closed' && cooldownMs === 0;
}
