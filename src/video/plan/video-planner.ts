import { Inject, Injectable } from '@nestjs/common';
import { modelForbidden, type Rights } from '../../auth/role-rights.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { VideoProviderRegistry } from '../../providers/video-provider-registry.js';
import { fittingPlan, planVideo } from './plan-video.js';
import type { VideoPlan } from './video-plan.js';
import type { VideoWish } from './video-wish.js';

/** Plans videos with the configured providers. */
@Injectable()
export class VideoPlanner {
  constructor(
    @Inject(VideoProviderRegistry) private readonly registry: VideoProviderRegistry,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /**
   * Of the models that the rights allow, stand-ins included.
   * @throws GatewayError UNSUPPORTED_VIDEO with `details.fields` and `details.providers`; FORBIDDEN where only models that
   *   the rights don't allow make such a video
   */
  plan(wish: VideoWish, { isAnyModel, mayUse }: Rights): VideoPlan {
    const { creditsPerUsd } = this.environment.billing;
    const providers = this.registry.all();
    const anybodys = planVideo(providers, wish, creditsPerUsd);
    if (isAnyModel) return anybodys;
    const permitted = providers.map(({ id, offers }) => ({
      id,
      offers: offers.filter(({ model }) => mayUse('video', model)),
    }));
    const plan = fittingPlan(permitted, wish, creditsPerUsd);
    if (!plan) throw modelForbidden(anybodys.choices[0]!.model);
    return plan;
  }
}
