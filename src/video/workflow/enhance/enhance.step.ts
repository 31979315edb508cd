import { Inject, Injectable } from '@nestjs/common';
import { ENVIRONMENT } from '../../../config/config.module.js';
import type { Environment } from '../../../config/environment.js';
import { VideoProviderRegistry } from '../../../providers/video-provider-registry.js';
import { ControlBus } from '../../../queue/control-bus.js';
import { VideoStore } from '../../store/video.store.js';
import type { VideoRecord } from '../../store/video-record.js';
import { isStepOver, stepRequestId, type StepReason } from '../workflow-step.js';
import { WorkflowStore, type StepBegun } from '../workflow.store.js';
import { promptLimit } from './prompt-limit.js';
import { PromptEnhancer } from './prompt-enhancer.service.js';

/** Prompts of the session that are shown to the model. */
const MOST_EARLIER_PROMPTS = 10;
/** Processes that may die of one prompt. */
const MOST_ATTEMPTS = 5;

/** Why a step that could not be begun is skipped; absent: it is over already. */
const NOT_BEGUN: Record<Exclude<StepBegun['result'], 'begun' | 'over'>, StepReason> = {
  cancelled: 'cancelled',
  insufficient: 'insufficient_credits',
  no_account: 'insufficient_credits',
  frozen: 'account_frozen',
  invalid: 'unavailable',
  closed: 'timeout',
};

/** The first step of a workflow: the prompt is enhanced, and the user charged for it. Done twice it is charged once. */
@Injectable()
export class EnhanceStep {
  private readonly withinMs: number;

  constructor(
    @Inject(WorkflowStore) private readonly workflows: WorkflowStore,
    @Inject(VideoStore) private readonly videos: VideoStore,
    @Inject(VideoProviderRegistry) private readonly providers: VideoProviderRegistry,
    @Inject(PromptEnhancer) private readonly enhancer: PromptEnhancer,
    @Inject(ControlBus) private readonly bus: ControlBus,
    @Inject(ENVIRONMENT) { video }: Environment,
  ) {
    this.withinMs = video.enhanceMs;
  }

  async run(workflowId: string): Promise<void> {
    const step = await this.workflows.findStep(workflowId, 'enhance');
    if (!step || isStepOver(step)) return;
    const video = await this.videos.find(step.videoId);
    await this.enhance(workflowId, video!);
    this.bus.publish('workflow-step', { workflowId });
  }

  private async enhance(workflowId: string, video: VideoRecord): Promise<void> {
    const mostCharacters = promptLimit(video.plan, this.providers.all());
    const job = this.enhancer.prepare({
      prompt: video.originalPrompt,
      request: video.request,
      choice: video.plan.choices[0]!,
      earlier: await this.workflows.earlierPrompts(video, MOST_EARLIER_PROMPTS),
      mostCharacters,
    });
    if (typeof job === 'string') return this.skip(workflowId, job);
    const { result, attempt } = await this.workflows.beginStep(workflowId, 'enhance', job.hold);
    if (result === 'over') return;
    if (result !== 'begun') return this.skip(workflowId, NOT_BEGUN[result]);
    if (attempt > MOST_ATTEMPTS) return this.skip(workflowId, 'unavailable');
    const requestId = stepRequestId(workflowId, 'enhance');
    const end = await this.enhancer.enhance(video.userId, requestId, job, this.withinMs);
    await this.workflows.endStep(workflowId, 'enhance', attempt, end);
  }

  private async skip(workflowId: string, reason: StepReason): Promise<void> {
    await this.workflows.skipStep(workflowId, 'enhance', reason);
  }
}
