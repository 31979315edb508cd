import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import type { ProviderSettings } from '../config/gateway-config/gateway-config.js';
import { providerSettings } from '../config/gateway-config/provider-settings.js';
import { inOrder, type VideoProviderSettings } from '../config/video-settings.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { anthropicCapabilities } from './anthropic/anthropic-models.js';
import { AnthropicProvider } from './anthropic/anthropic.provider.js';
import { MalformedEvents } from './malformed-events.js';
import { openAiCapabilities } from './openai/openai-models.js';
import { OpenAiProvider } from './openai/openai.provider.js';
import { ProviderRegistry, SIMULATED_PROVIDERS } from './provider-registry.js';
import { RunwayVideoProvider } from './runway/runway-video.provider.js';
import { SoraVideoProvider } from './sora/sora-video.provider.js';
import { VideoProviderRegistry } from './video-provider-registry.js';
import { VIDEO_PROVIDER_SETTINGS, VIDEO_WIRES, type VideoWires } from './video-wires.js';
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
  sora: (settings, transport) => new SoraVideoProvider(settings, transport),
  runway: (settings, transport) => new RunwayVideoProvider(settings, transport),
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

function videoProviders({ video }: Environment, simulator: Simulator | undefined): VideoProviderSettings[] {
  if (!simulator || !video.isSimulated) return video.providers;
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
    { provide: VIDEO_PROVIDER_SETTINGS, inject: [ENVIRONMENT, SIMULATOR], useFactory: videoProviders },
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
