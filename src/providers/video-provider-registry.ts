import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { GatewayConfig } from '../config/gateway-config/gateway-config.js';
import { GatewayConfiguration } from '../config/gateway-config/gateway-configuration.js';
import type { VideoProviderSettings } from '../config/video-provider-settings.js';
import type { VideoProvider } from './contract/video-provider.js';
import { SIMULATED_VIDEO_PROVIDERS, VIDEO_WIRES, type VideoWires } from './video-wires.js';
import { configuredOffers } from './video/configured-offers.js';
import { VideoTransport } from './video/video-transport.js';

/** The video providers, as the configuration in force has them; each address with a key has connections of its own. */
@Injectable()
export class VideoProviderRegistry implements OnApplicationShutdown {
  /** Kept to the end: jobs are asked about with what they were made with. */
  private readonly transports = new Map<string, VideoTransport>();
  private readonly byConnectionId = new Map<string, VideoProvider>();
  private providers: readonly VideoProvider[] = [];

  constructor(
    @Inject(GatewayConfiguration) configuration: GatewayConfiguration,
    @Inject(VIDEO_WIRES) private readonly wires: VideoWires,
    @Inject(SIMULATED_VIDEO_PROVIDERS) private readonly simulated: readonly VideoProviderSettings[],
  ) {
    configuration.use({ faults: (config) => this.faults(config), apply: (config) => this.apply(config) });
  }

  /** All of them, in the order of preference; none where video is neither configured nor simulated. */
  all(): readonly VideoProvider[] {
    return this.providers;
  }

  /**
   * The provider at the address and with the key that a job was made with, also where this process has been told of another
   * since; undefined where it never knew it.
   */
  byConnection(connectionId: string): VideoProvider | undefined {
    return this.byConnectionId.get(connectionId);
  }

  /** Closes every connection, last of all: the workers have been drained by then. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.transports.values()].map((transport) => transport.close()));
  }

  private faults(config: GatewayConfig): string[] {
    return config.videoProviders.flatMap((settings) =>
      this.offersOf(settings).faults.map(
        ({ path, message }) => `${config.locate(['videos', 'providers', settings.id, 'models', ...path])} ${message}`,
      ),
    );
  }

  /** A real provider never stands beside a simulated one. */
  private apply({ videoProviders }: GatewayConfig): void {
    const settings = videoProviders.length > 0 ? videoProviders : this.simulated;
    this.providers = settings.map((each) => this.open(each));
    for (const provider of this.providers) this.byConnectionId.set(provider.connectionId, provider);
  }

  private open(settings: VideoProviderSettings): VideoProvider {
    const { id, wire, baseUrl, apiKey } = settings;
    const connection = JSON.stringify([id, wire, baseUrl, apiKey]);
    const transport = this.transports.get(connection) ?? new VideoTransport();
    this.transports.set(connection, transport);
    return this.wires[wire].open(settings, transport, this.offersOf(settings).offers);
  }

  private offersOf(settings: VideoProviderSettings) {
    return configuredOffers(settings.models, this.wires[settings.wire].known(settings));
  }
}
