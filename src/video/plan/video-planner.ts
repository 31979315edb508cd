import { Inject, Injectable } from '@nestjs/common';
<<<<<<< HEAD
import { modelForbidden, type Rights } from '../../auth/role-rights.js';
=======
import { GatewayError } from '../../common/errors/gateway-error.js';
>>>>>>> 2b9fa3f (Let operators open, close and reset the circuits of providers by hand, on every node and over restarts)
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
<<<<<<< HEAD
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
=======
   * Without the providers that an operator has opened the circuit of.
   * @throws GatewayError UNSUPPORTED_VIDEO with `details.fields` and `details.providers`; UNAVAILABLE where only those make it
   */
  plan(wish: VideoWish): VideoPlan {
    const providers = this.registry.all();
    const asked = providers.filter(({ id }) => !this.orders.openedBy('video', id));
    const { creditsPerUsd } = this.environment.billing;
    if (asked.length === providers.length) return planVideo(providers, wish, creditsPerUsd);
    planVideo(providers, wish, creditsPerUsd); // what nobody makes at all is refused as ever
    try {
      return planVideo(asked, wish, creditsPerUsd);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'UNSUPPORTED_VIDEO') throw error;
      throw new GatewayError('UNAVAILABLE', 'Nobody who makes such videos is asked at the moment; ask again later.', {
        retryAfterMs: RETRY_AFTER_MS,
        cause: error,
      });
    }
>>>>>>> 2b9fa3f (Let operators open, close and reset the circuits of providers by hand, on every node and over restarts)
  }
}
