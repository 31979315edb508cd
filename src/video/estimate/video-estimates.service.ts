import { Inject, Injectable } from '@nestjs/common';
import type { Identity } from '../../auth/identity.js';
import { RoleTable } from '../../auth/role-table.js';
import { AccountsService, type AccountState } from '../../billing/accounts/accounts.service.js';
import { creditsNumber } from '../../common/money/micro-credits.js';
import { orUnavailable } from '../../database/or-unavailable.js';
import { videoLine } from '../api/video-line.js';
import { plannedSteps } from '../plan/charged-step.js';
import { lastChoice } from '../plan/two-steps.js';
import { amountToHold } from '../plan/video-price.js';
import { VideoPlanner } from '../plan/video-planner.js';
import type { VideoWish } from '../plan/video-wish.js';
import { VideoTimes } from '../store/video-times.store.js';
import { plannedVideo } from '../workflow/planned-video.js';
import { workflowWish } from '../workflow/workflow-wish.js';
import type {
  InputSize,
  VideoEstimateReason,
  VideoEstimateRequest,
  VideoEstimateResponse,
} from './video-estimate.dto.js';

const USUAL_FRAMES_PER_SECOND = 30;

/** Says what videos would be and cost, by the plan that an order would have; nothing is fetched, held, stored or sent. */
@Injectable()
export class VideoEstimates {
  constructor(
    @Inject(VideoPlanner) private readonly planner: VideoPlanner,
    @Inject(VideoTimes) private readonly times: VideoTimes,
    @Inject(AccountsService) private readonly accounts: AccountsService,
    @Inject(RoleTable) private readonly roles: RoleTable,
  ) {}

  /** @throws GatewayError VALIDATION_ERROR, UNSUPPORTED_VIDEO, FORBIDDEN as the workflow itself; UNAVAILABLE */
  async estimate(
    { userId, roles }: Identity,
    { inputSize, ...body }: VideoEstimateRequest,
  ): Promise<VideoEstimateResponse> {
    const { sessionId, ...workflow } = body;
    const wish = workflowWish({ ...workflow, sessionId: sessionId ?? '' });
    const planned = plannedVideo(wish, inputSize ? sizeOf(inputSize) : undefined);
    const plan = this.planner.planSteps(planned, this.roles.rightsOf(roles));
    const [first, ...others] = plan.choices;
    const account = await orUnavailable(this.accounts.preview(userId));
    const holdAtMost = amountToHold(plan);
    const { operation, provider, model, ...price } = first!;
    const { seconds, resolution, aspectRatio, width, height, amount } = lastChoice({ plan, choice: 0 });
    const enlarging = plan.then ? BigInt(amount) : 0n;
    const lines = plannedSteps(plan)?.map(videoLine);
    const reasons = reasonsOf(account, holdAtMost);
    return {
      ...{ operation, provider, model, seconds, resolution, aspectRatio, width, height },
      ...(plan.substitutions.length > 0 ? { substitutions: [...plan.substitutions] } : {}),
      ...(lines ? { lines } : {}),
      usdPerSecond: price.usdPerSecond,
      creditsPerSecond: price.creditsPerSecond,
      expected: creditsNumber(BigInt(price.amount) + enlarging),
      holdAtMost: creditsNumber(holdAtMost),
      standIns: others.map((each) => ({
        provider: each.provider,
        model: each.model,
        credits: creditsNumber(BigInt(each.amount) + enlarging),
      })),
      isEnhanced: wish.isEnhanced,
      estimatedTime: await this.times.estimateOf({ plan, choice: 0 }),
      available: creditsNumber(account.available),
      isAccepted: reasons.length === 0,
      reasons,
      ...(wish.warnings.length > 0 ? { warnings: wish.warnings } : {}),
    };
  }
}

function reasonsOf({ isFrozen, available }: AccountState, needed: bigint): VideoEstimateReason[] {
  if (isFrozen) return ['account_frozen'];
  return available < needed ? ['insufficient_credits'] : [];
}

function sizeOf({ width, height, seconds, framesPerSecond }: InputSize): NonNullable<VideoWish['input']> {
  if (seconds === undefined || seconds === null) return { width, height };
  return { width, height, seconds, frames: Math.ceil(seconds * (framesPerSecond ?? USUAL_FRAMES_PER_SECOND)) };
}
