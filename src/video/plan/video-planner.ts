import { Inject, Injectable } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { VideoProviderRegistry } from '../../providers/video-provider-registry.js';
import { planVideo } from './plan-video.js';
import type { VideoPlan } from './video-plan.js';
import type { VideoWish } from './video-wish.js';

/** Plans videos with the configured providers. */
@Injectable()
export class VideoPlanner {
  constructor(
    @Inject(VideoProviderRegistry) private readonly registry: VideoProviderRegistry,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /** @throws GatewayError UNSUPPORTED_VIDEO with `details.fields` and `details.providers` */
  plan(wish: VideoWish): VideoPlan {
    return planVideo(this.registry.all(), wish, this.environment.billing.creditsPerUsd);
  }
}
