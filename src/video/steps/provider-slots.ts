import { Inject, Injectable } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { VideoProviderRegistry } from '../../providers/video-provider-registry.js';

/** A worker's places for questions, shared out evenly: a provider that lets them hang holds up no other's videos. */
@Injectable()
export class ProviderSlots {
  private readonly taken = new Map<string, number>();
  private readonly ofEach: number;

  constructor(
    @Inject(VideoProviderRegistry) providers: VideoProviderRegistry,
    @Inject(ENVIRONMENT) { video }: Environment,
  ) {
    this.ofEach = Math.ceil(video.concurrency / Math.max(1, providers.all().length));
  }

  /** @returns what gives the place back; undefined: none is free now */
  take(connectionId: string): (() => void) | undefined {
    const taken = this.taken.get(connectionId) ?? 0;
    if (taken >= this.ofEach) return undefined;
    this.taken.set(connectionId, taken + 1);
    return () => void this.taken.set(connectionId, this.taken.get(connectionId)! - 1);
  }
}
