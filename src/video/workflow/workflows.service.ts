import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { orUnavailable } from '../../database/or-unavailable.js';
import { fingerprintOf } from '../api/idempotency-key.js';
import type { VideoCustomer } from '../api/video-customer.js';
import { isVideoId } from '../api/video-id.js';
import { VideoPlanner } from '../plan/video-planner.js';
import { VideoTimes } from '../store/video-times.store.js';
import { VideoStore } from '../store/video.store.js';
import type { VideoInputFile, VideoRecord } from '../store/video-record.js';
import { VideoOrders } from '../video-orders.service.js';
import { GenerateStep } from './generate.step.js';
import { plannedVideo } from './planned-video.js';
import { StepWait } from './step-wait.js';
import { WorkflowInputs } from './workflow-inputs.service.js';
import { WorkflowQueue } from './workflow-queue.service.js';
import { isStepOver, type StepReason, type WorkflowStepRecord } from './workflow-step.js';
import { workflowResponse, workflowStatus } from './workflow-view.js';
import { workflowWish, type WorkflowWish } from './workflow-wish.js';
import { WorkflowStore } from './workflow.store.js';
import type { WorkflowRequest } from './workflow.dto.js';
import type { WorkflowResponse, WorkflowStatusResponse } from './workflow-response.dto.js';

/** Videos whose prompt is worked on before they are made: begun here, brought on by workers. */
@Injectable()
export class Workflows {
  private readonly logger = new Logger(Workflows.name);
  private readonly waitMs: number;

  constructor(
    @Inject(WorkflowStore) private readonly workflows: WorkflowStore,
    @Inject(WorkflowInputs) private readonly inputs: WorkflowInputs,
    @Inject(WorkflowQueue) private readonly queue: WorkflowQueue,
    @Inject(StepWait) private readonly wait: StepWait,
    @Inject(GenerateStep) private readonly generate: GenerateStep,
    @Inject(VideoPlanner) private readonly planner: VideoPlanner,
    @Inject(VideoOrders) private readonly orders: VideoOrders,
    @Inject(VideoStore) private readonly videos: VideoStore,
    @Inject(VideoTimes) private readonly times: VideoTimes,
    @Inject(ENVIRONMENT) { video }: Environment,
  ) {
    this.waitMs = video.enhanceWaitMs;
  }

  /**
   * Begins a workflow and tells what its video will be made of, as soon as that is known; a user that goes away meanwhile
   * changes nothing. The same idempotency key is the same workflow.
   * @throws GatewayError VALIDATION_ERROR, PAYLOAD_TOO_LARGE, LIMIT_EXCEEDED; what VideoPlanner.plan and VideoOrders.create do
   */
  async begin(
    customer: VideoCustomer,
    body: WorkflowRequest,
    idempotencyKey: string | undefined,
  ): Promise<WorkflowResponse> {
    const untilMs = performance.now() + this.waitMs;
    const wish = workflowWish(body);
    const fingerprint = fingerprintOf('video-workflow', body);
    const video =
      (await this.orders.repeated(customer.userId, idempotencyKey, fingerprint)) ??
      (await this.order(customer, body.sessionId, wish, fingerprint, idempotencyKey));
    const step = await this.enhanced(video, untilMs);
    const now = (await orUnavailable(this.videos.find(video.id))) ?? video;
    return workflowResponse(now, step, await this.times.estimateOf(now), wish.warnings);
  }

  /** @throws GatewayError NOT_FOUND: there is none of this user */
  async status(userId: string, workflowId: string): Promise<WorkflowStatusResponse> {
    const video = isVideoId(workflowId)
      ? await orUnavailable(this.workflows.findOwnVideo(userId, workflowId))
      : undefined;
    const step = video && (await orUnavailable(this.workflows.findStep(workflowId, 'enhance')));
    if (!step) throw new GatewayError('NOT_FOUND', 'There is no such workflow.');
    return workflowStatus(video, step);
  }

  private async order(
    { userId, rights, claim, admitted }: VideoCustomer,
    sessionId: string,
    wish: WorkflowWish,
    fingerprint: string,
    idempotencyKey: string | undefined,
  ): Promise<VideoRecord> {
    const { prompt: originalPrompt, request, isEnhanced } = wish;
    const { plan: made, input } = await this.inputs.plan(userId, wish, (file) => {
      const planned = plannedVideo(wish, file);
      return { planned, plan: this.planner.planSteps(planned, rights) };
    });
    const { planned, plan } = made;
    const workflowId = randomUUID();
    const video = await this.create(input, {
      ...{ userId, claim, admitted },
      sessionId,
      workflowId,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      fingerprint,
      request,
      prompt: planned.prompt,
      originalPrompt,
      ...(input ? { input } : {}),
      plan,
      isReady: !isEnhanced,
    });
    if (video.workflowId !== workflowId) await this.inputs.drop(input); // the same key was faster
    return video;
  }

  /** What was stored for a video that is refused goes with it; where it may be there all the same, it stays. */
  private async create(
    input: VideoInputFile | undefined,
    order: Parameters<VideoOrders['create']>[0],
  ): Promise<VideoRecord> {
    try {
      return await this.orders.create(order);
    } catch (error) {
      if (error instanceof GatewayError && error.code !== 'UNAVAILABLE') await this.inputs.drop(input);
      throw error;
    }
  }

  /** The enhancement when it is over. Nobody waits for longer than was promised: it is left out then. */
  private async enhanced(video: VideoRecord, untilMs: number): Promise<WorkflowStepRecord> {
    const workflowId = video.workflowId!;
    const isQueued = video.isReady || (await this.queueFlow(workflowId));
    const step = await this.wait.enhanced(workflowId, isQueued ? untilMs : 0);
    return isStepOver(step) ? step : this.goOnWithout(workflowId, isQueued ? 'timeout' : 'unavailable');
  }

  private async queueFlow(workflowId: string): Promise<boolean> {
    try {
      await this.queue.addFlow(workflowId);
      return true;
    } catch (error) {
      this.logger.warn(
        `A workflow could not be queued; it goes on without its enhancement: ${(error as Error).message}`,
      );
      return false;
    }
  }

  /** The video is handed on here: whoever was to enhance its prompt may not come at all. Where this fails, LostWorkflows does it. */
  private async goOnWithout(workflowId: string, reason: StepReason): Promise<WorkflowStepRecord> {
    await orUnavailable(this.workflows.skipStep(workflowId, 'enhance', reason));
    await this.generate
      .run(workflowId)
      .catch((error: unknown) => this.logger.warn(`A video waits for its workflow: ${(error as Error).message}`));
    return (await orUnavailable(this.workflows.findStep(workflowId, 'enhance')))!;
  }
}
