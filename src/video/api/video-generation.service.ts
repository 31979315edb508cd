import { Inject, Injectable } from '@nestjs/common';
import { creditsNumber } from '../../common/money/micro-credits.js';
import { publicStatus } from '../life/video-state.js';
import { styledPrompt } from '../workflow/styled-prompt.js';
import { VideoPlanner } from '../plan/video-planner.js';
import { VideoTimes } from '../store/video-times.store.js';
import type { VideoRecord } from '../store/video-record.js';
import { VideoOrders } from '../video-orders.service.js';
import type { GenerateVideoRequest, GenerateVideoResponse } from './generate-video.dto.js';
import { fingerprintOf } from './idempotency-key.js';
import type { VideoCustomer } from './video-customer.js';
import { chosen, creditsUsed } from './video-view.js';

/** Orders videos from a text, exactly as they were asked for. */
@Injectable()
export class VideoGeneration {
  constructor(
    @Inject(VideoPlanner) private readonly planner: VideoPlanner,
    @Inject(VideoOrders) private readonly orders: VideoOrders,
    @Inject(VideoTimes) private readonly times: VideoTimes,
  ) {}

  /** @throws GatewayError UNSUPPORTED_VIDEO, FORBIDDEN as VideoPlanner.plan; what VideoOrders.create does */
  async generate(
    customer: VideoCustomer,
    body: GenerateVideoRequest,
    idempotencyKey?: string,
  ): Promise<GenerateVideoResponse> {
    const fingerprint = fingerprintOf('generate', body);
    const there = await this.orders.repeated(customer.userId, idempotencyKey, fingerprint);
    return this.describe(there ?? (await this.order(customer, body, fingerprint, idempotencyKey)));
  }

  private order(
    { userId, rights, claim, admitted }: VideoCustomer,
    body: GenerateVideoRequest,
    fingerprint: string,
    idempotencyKey: string | undefined,
  ): Promise<VideoRecord> {
    const { prompt: originalPrompt, duration, resolution } = body;
    const style = body.style ?? undefined;
    const aspectRatio = body.aspectRatio ? { aspectRatio: body.aspectRatio } : {};
    const prompt = styledPrompt(originalPrompt, style);
    return this.orders.create({
      ...{ userId, claim, admitted },
      ...(body.sessionId ? { sessionId: body.sessionId } : {}),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      fingerprint,
      request: {
        workflow: 'text-to-video',
        duration,
        resolution,
        ...aspectRatio,
        ...(style === undefined ? {} : { style }),
      },
      prompt,
      originalPrompt,
      plan: this.planner.plan({ operation: 'text-to-video', prompt, duration, resolution, ...aspectRatio }, rights),
      isReady: true,
    });
  }

  private async describe(video: VideoRecord): Promise<GenerateVideoResponse> {
    const { id, state, amount, plan, charged } = video;
    const cost = creditsUsed(video);
    const held = creditsNumber(amount);
    return {
      videoId: id,
      status: publicStatus(state),
      creditsUsed: cost,
      estimatedTime: await this.times.estimate(chosen(video)),
      ...(charged === null && held > cost ? { creditsHeld: held } : {}),
      ...(plan.substitutions.length > 0 ? { substitutions: [...plan.substitutions] } : {}),
    };
  }
}
