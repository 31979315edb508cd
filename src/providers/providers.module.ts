import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import type { ProviderSettings } from '../config/gateway-config/gateway-config.js';
import { providerSettings } from '../config/gateway-config/provider-settings.js';
import { inOrder, type VideoProviderSettings } from '../config/video-provider-settings.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { anthropicCapabilities } from './anthropic/anthropic-models.js';
import { AnthropicProvider } from './anthropic/anthropic.provider.js';
import { MalformedEvents } from './malformed-events.js';
import { openAiCapabilities } from './openai/openai-models.js';
import { OpenAiProvider } from './openai/openai.provider.js';
import { ProviderRegistry, SIMULATED_PROVIDERS } from './provider-registry.js';
import { RUNWAY_OFFERS } from './runway/runway-offers.js';
import { RunwayVideoProvider } from './runway/runway-video.provider.js';
import { SORA_DIALECTS } from './sora/sora-dialects.js';
import { soraModels } from './sora/sora-offers.js';
import { SoraVideoProvider } from './sora/sora-video.provider.js';
import { VideoProviderRegistry } from './video-provider-registry.js';
import { SIMULATED_VIDEO_PROVIDERS, VIDEO_WIRES, type VideoWires } from './video-wires.js';
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

const videoWires: VideoWires = {
  sora: {
    known: ({ dialect = 'openai' }) => soraModels(SORA_DIALECTS[dialect]),
    open: (settings, transport, offers) => new SoraVideoProvider(settings, transport, offers),
  },
  runway: {
    known: () => ({ offers: RUNWAY_OFFERS }),
    open: (settings, transport, offers) => new RunwayVideoProvider(settings, transport, offers),
  },
};

/** One process stands in for the text providers, for the video providers, or for both. */
function simulatorFor({ providers, video }: Environment): Promise<Simulator> | undefined {
  return providers.isSimulated || video.isSimulated ? startSimulator() : undefined;
}

function simulatedProviders({ providers }: Environment, simulator: Simulator | undefined): ProviderSettings[] {
  if (!simulator || !providers.isSimulated) return [];
  const at = (id: string, baseUrl: string) =>
    providerSettings(id, {}, { apiKey: SIMULATOR_KEY, baseUrl }, () => undefined);
  return [at('openai', `${simulator.url}/v1`), at('claude', simulator.url)];
}

function simulatedVideoProviders({ video }: Environment, simulator: Simulator | undefined): VideoProviderSettings[] {
  if (!simulator || !video.isSimulated) return [];
  const { url } = simulator;
  return inOrder(
    [
      { id: 'sora', wire: 'sora', baseUrl: `${url}/v1`, apiKey: SIMULATOR_KEY, dialect: 'openai' },
      { id: 'runway', wire: 'runway', baseUrl: url, apiKey: SIMULATOR_KEY },
    ],
    video.priority,
  );
}

/** The vendors' wires, and the providers that speak them. Nobody else names the vendors' folders. */
@Module({
  providers: [
    MalformedEvents,
    { provide: SIMULATOR, inject: [ENVIRONMENT], useFactory: simulatorFor },
    { provide: SIMULATED_PROVIDERS, inject: [ENVIRONMENT, SIMULATOR], useFactory: simulatedProviders },
    { provide: WIRES, useValue: wires },
    ProviderRegistry,
    { provide: SIMULATED_VIDEO_PROVIDERS, inject: [ENVIRONMENT, SIMULATOR], useFactory: simulatedVideoProviders },
    { provide: VIDEO_WIRES, useValue: videoWires },
    VideoProviderRegistry,
  ],
  exports: [ProviderRegistry, VideoProviderRegistry, MalformedEvents],
})
export class ProvidersModule implements OnApplicationShutdown {
  constructor(@Inject(SIMULATOR) private readonly simulator: Simulator | undefined) {}

  async onApplicationShutdown(): Promise<void> {
    await this.simulator?.close();
  }
}
