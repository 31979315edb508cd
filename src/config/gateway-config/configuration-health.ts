import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { GatewayConfiguration } from './gateway-configuration.js';

/** Whether the configuration in force is the one of the file. It serves in any case: with an older one it is degraded. */
@Injectable()
export class ConfigurationHealth {
  constructor(
    @Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
  ) {}

  check(): HealthIndicatorResult<'configuration'> {
    const indicator = this.indicators.check('configuration');
    const { faults, ...standing } = this.configuration.status();
    return faults ? indicator.degraded({ ...standing, error: faults.join('; ') }) : indicator.up(standing);
  }
}
