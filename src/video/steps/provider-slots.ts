import { Inject, Injectable } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { VideoProviderRegistry } from '../../providers/video-provider-registry.js';

/** A worker's places for questions, shared out evenly: a provider that lets them hang holds up no other's videos. */
@Injectable()
export class ProviderSlots {
  private readonly taken = new Map<string, number>();

  constructor(
    @Inject(VideoProviderRegistry) private readonly providers: VideoProviderRegistry,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /** @returns what gives the place back; undefined: none is free now */
  take(connectionId: string): (() => void) | undefined {
    const taken = this.taken.get(connectionId) ?? 0;
    const ofEach = Math.ceil(this.environment.video.concurrency / Math.max(1, this.providers.all().length));
    if (taken >= ofEach) return undefined;
    this.taken.set(connectionId, taken + 1);
    return () => void this.taken.set(connectionId, this.taken.get(connectionId)! - 1);
  }
}
