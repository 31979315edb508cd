import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ENVIRONMENT } from './environment-token.js';
import type { Environment } from './environment.js';
import { GatewayConfiguration } from './gateway-config/gateway-configuration.js';

export { ENVIRONMENT };

/** Gives the environment, and the configuration in force, to everyone; a test gives its own. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(environment: Environment): DynamicModule {
    return {
      module: ConfigModule,
      providers: [{ provide: ENVIRONMENT, useValue: environment }, GatewayConfiguration],
      exports: [ENVIRONMENT, GatewayConfiguration],
    };
  }
}
