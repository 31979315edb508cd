import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { VideoProviderSettings } from '../config/video-settings.js';
import type { VideoProvider } from './contract/video-provider.js';
import { VIDEO_PROVIDER_SETTINGS, VIDEO_WIRES, type VideoWires } from './video-wires.js';
import { VideoTransport } from './video/video-transport.js';

/** The video providers, each with connections of its own. */
@Injectable()
export class VideoProviderRegistry implements OnApplicationShutdown {
  private readonly transports: VideoTransport[] = [];
  private readonly providers: readonly VideoProvider[];

  constructor(
    @Inject(VIDEO_PROVIDER_SETTINGS) settings: readonly VideoProviderSettings[],
    @Inject(VIDEO_WIRES) wires: VideoWires,
  ) {
    this.providers = settings.map((each) => {
      const transport = new VideoTransport();
      this.transports.push(transport);
      return wires[each.wire](each, transport);
    });
  }

  /** All of them, in the order of preference; none where video is neither configured nor simulated. */
  all(): readonly VideoProvider[] {
    return this.providers;
  }

  /** The provider at the address and with the key that a job was made with; undefined where it is no longer configured. */
  byConnection(connectionId: string): VideoProvider | undefined {
    return this.providers.find((provider) => provider.connectionId === connectionId);
  }

  /** Closes every connection, last of all: the workers have been drained by then. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.transports.map((transport) => transport.close()));
  }
}
