import { Inject, Injectable } from '@nestjs/common';
import { modelForbidden, type Rights } from '../../auth/role-rights.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { CircuitOrders } from '../../orchestrator/orders/circuit-orders.js';
import { VideoProviderRegistry } from '../../providers/video-provider-registry.js';
import { fittingPlan, planVideo } from './plan-video.js';
import { planTwoSteps } from './two-steps.js';
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
  plan(wish: VideoWish, rights: Rights): VideoPlan {
    return this.permitted(wish, rights, fittingPlan);
  }

  /** The same; in two steps where it can't be made at once. */
  planSteps(wish: VideoWish, rights: Rights): VideoPlan {
    return this.permitted(wish, rights, (...asked) => fittingPlan(...asked) ?? planTwoSteps(...asked));
  }

  private permitted(wish: VideoWish, { isAnyModel, mayUse }: Rights, find: typeof fittingPlan): VideoPlan {
    const { creditsPerUsd } = this.environment.billing;
    const providers = this.registry.all();
    const anybodys = planVideo(providers, wish, creditsPerUsd, find);
    const permitted = isAnyModel
      ? providers
      : providers.map(({ id, offers }) => ({ id, offers: offers.filter(({ model }) => mayUse('video', model)) }));
    const plan = isAnyModel ? anybodys : find(permitted, wish, creditsPerUsd);
    if (!plan) throw modelForbidden(forbiddenOf(anybodys, mayUse));
    const asked = permitted.filter(({ id }) => !this.orders.openedBy('video', id));
    if (asked.length === permitted.length) return plan;
    const remaining = find(asked, wish, creditsPerUsd);
    if (!remaining) throw nobodyIsAsked();
    return remaining;
  }
}

/** The first model of a plan that the rights don't allow. */
function forbiddenOf({ choices, then = [] }: VideoPlan, mayUse: Rights['mayUse']): string {
  const models = [choices[0]!, ...then].map(({ model }) => model);
  return models.find((model) => !mayUse('video', model)) ?? models[0]!;
}

function nobodyIsAsked(): GatewayError {
  return new GatewayError('UNAVAILABLE', 'Nobody who makes such videos is asked at the moment; ask again later.', {
    retryAfterMs: RETRY_AFTER_MS,
  });
}
