import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment, ProviderCredentials } from '../config/environment.js';
import { startSimulator } from '../simulator/simulator.js';
import { AnthropicProvider } from './anthropic/anthropic.provider.js';
import type { TextProvider } from './contract/text-provider.js';
import { HttpTransport } from './http/http-transport.js';
import { MalformedEvents } from './malformed-events.js';
import { OpenAiProvider } from './openai/openai.provider.js';
import { ProviderRegistry, TEXT_PROVIDERS } from './provider-registry.js';

type Simulator = Awaited<ReturnType<typeof startSimulator>>;

const SIMULATOR = Symbol('Simulator');
/** The vendors' strategies, which own connections; TEXT_PROVIDERS shows no more of them than the contract. */
const STRATEGIES = Symbol('Strategies');
type Strategy = TextProvider & { close(): Promise<void> };

/** Any key will do for the simulator, which refuses a request without one. */
const SIMULATOR_KEY = 'simulated';

function credentials(
  { providers }: Environment,
  simulator: Simulator | undefined,
): { openai: ProviderCredentials | undefined; claude: ProviderCredentials | undefined } {
  if (!simulator) return providers;
  return {
    openai: { apiKey: SIMULATOR_KEY, baseUrl: `${simulator.url}/v1` },
    claude: { apiKey: SIMULATOR_KEY, baseUrl: simulator.url },
  };
}

function buildStrategies(
  environment: Environment,
  simulator: Simulator | undefined,
  malformedEvents: MalformedEvents,
): Strategy[] {
  const { openai, claude } = credentials(environment, simulator);
  const count = (id: string) => ({ onMalformedEvent: () => malformedEvents.increment(id) });
  return [
    ...(openai ? [new OpenAiProvider({ ...openai, ...count('openai') }, new HttpTransport())] : []),
    ...(claude ? [new AnthropicProvider({ ...claude, ...count('claude') }, new HttpTransport())] : []),
  ];
}

/** The vendors, by the environment. Nobody else names their folders. */
@Module({
  providers: [
    MalformedEvents,
    {
      provide: SIMULATOR,
      inject: [ENVIRONMENT],
      useFactory: ({ providers }: Environment) => (providers.isSimulated ? startSimulator() : undefined),
    },
    { provide: STRATEGIES, inject: [ENVIRONMENT, SIMULATOR, MalformedEvents], useFactory: buildStrategies },
    { provide: TEXT_PROVIDERS, useExisting: STRATEGIES },
    ProviderRegistry,
  ],
  exports: [ProviderRegistry, MalformedEvents],
})
export class ProvidersModule implements OnApplicationShutdown {
  constructor(
    @Inject(STRATEGIES) private readonly strategies: Strategy[],
    @Inject(SIMULATOR) private readonly simulator: Simulator | undefined,
  ) {}

  /** Closes what is still open, last of all: the streams have been drained by then. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.strategies.map((strategy) => strategy.close()));
    await this.simulator?.close();
  }
}
