import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TextCipher } from '../common/encryption/text-cipher.js';
import { ENVIRONMENT } from './environment-token.js';
import type { Environment } from './environment.js';
import { GatewayConfiguration } from './gateway-config/gateway-configuration.js';

export { ENVIRONMENT };

/** Gives the environment, the configuration in force, and the keys that texts are kept under, to everyone; a test gives its own. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(environment: Environment): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: ENVIRONMENT, useValue: environment },
        { provide: TextCipher, useFactory: () => new TextCipher(environment.encryption) },
        GatewayConfiguration,
      ],
      exports: [ENVIRONMENT, TextCipher, GatewayConfiguration],
    };
  }
}
