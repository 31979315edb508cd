import { Inject, Injectable } from '@nestjs/common';
import { modelForbidden, type Rights } from '../../auth/role-rights.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { CircuitOrders } from '../../orchestrator/orders/circuit-orders.js';
import { VideoProviderRegistry } from '../../providers/video-provider-registry.js';
import { fittingPlan, planVideo } from './plan-video.js';
import type { VideoPlan } from './video-plan.js';
import type { VideoWish } from './video-wish.js';

/** An operator opened a circuit by hand, and closes it by hand. */
const RETRY_AFTER_MS = 60_000;

/** Plans videos with the configured providers. */
@Injectable()
export class VideoPlanner {
  constructor(
    @Inject(VideoProviderRegistry) private readonly registry: VideoProviderRegistry,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(CircuitOrders) private readonly orders: CircuitOrders,
  ) {}

  /**
   * Of the models that the rights allow, stand-ins included, by providers whose circuit no operator has opened.
   * @throws GatewayError UNSUPPORTED_VIDEO with `details.fields` and `details.providers`; FORBIDDEN where only models that
   *   the rights don't allow make such a video; UNAVAILABLE where only providers do that are not asked
   */
  plan(wish: VideoWish, { isAnyModel, mayUse }: Rights): VideoPlan {
    const { creditsPerUsd } = this.environment.billing;
    const providers = this.registry.all();
    const anybodys = planVideo(providers, wish, creditsPerUsd);
    const permitted = isAnyModel
      ? providers
      : providers.map(({ id, offers }) => ({ id, offers: offers.filter(({ model }) => mayUse('video', model)) }));
    const plan = isAnyModel ? anybodys : fittingPlan(permitted, wish, creditsPerUsd);
    if (!plan) throw modelForbidden(anybodys.choices[0]!.model);
    const asked = permitted.filter(({ id }) => !this.orders.openedBy('video', id));
    if (asked.length === permitted.length) return plan;
    const remaining = fittingPlan(asked, wish, creditsPerUsd);
    if (!remaining) throw nobodyIsAsked();
    return remaining;
  }
}

function nobodyIsAsked(): GatewayError {
  return new GatewayError('UNAVAILABLE', 'Nobody who makes such videos is asked at the moment; ask again later.', {
    retryAfterMs: RETRY_AFTER_MS,
  });
}
