import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import type { ProviderSettings } from '../config/gateway-config/gateway-config.js';
import { providerSettings } from '../config/gateway-config/provider-settings.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { anthropicCapabilities } from './anthropic/anthropic-models.js';
import { AnthropicProvider } from './anthropic/anthropic.provider.js';
import { MalformedEvents } from './malformed-events.js';
import { openAiCapabilities } from './openai/openai-models.js';
import { OpenAiProvider } from './openai/openai.provider.js';
import { ProviderRegistry, SIMULATED_PROVIDERS } from './provider-registry.js';
import { WIRES, type WireSupports } from './wire-support.js';

const SIMULATOR = Symbol('Simulator');

/** Any key will do for the simulator, which refuses a request without one. */
const SIMULATOR_KEY = 'simulated';

const wires: WireSupports = {
  openai: {
    capabilities: openAiCapabilities,
    open: (options, transport) => new OpenAiProvider(options, transport),
  },
  anthropic: {
    capabilities: anthropicCapabilities,
    open: (options, transport) => new AnthropicProvider(options, transport),
  },
};

function simulatedProviders(simulator: Simulator | undefined): ProviderSettings[] {
  if (!simulator) return [];
  const at = (id: string, baseUrl: string) =>
    providerSettings(id, {}, { apiKey: SIMULATOR_KEY, baseUrl }, () => undefined);
  return [at('openai', `${simulator.url}/v1`), at('claude', simulator.url)];
}

/** The vendors' wires, and the providers that speak them. Nobody else names the vendors' folders. */
@Module({
  providers: [
    MalformedEvents,
    {
      provide: SIMULATOR,
      inject: [ENVIRONMENT],
      useFactory: ({ providers }: Environment) => (providers.isSimulated ? startSimulator() : undefined),
    },
    { provide: SIMULATED_PROVIDERS, inject: [SIMULATOR], useFactory: simulatedProviders },
    { provide: WIRES, useValue: wires },
    ProviderRegistry,
  ],
  exports: [ProviderRegistry, MalformedEvents],
})
export class ProvidersModule implements OnApplicationShutdown {
  constructor(@Inject(SIMULATOR) private readonly simulator: Simulator | undefined) {}

  async onApplicationShutdown(): Promise<void> {
    await this.simulator?.close();
  }
}
