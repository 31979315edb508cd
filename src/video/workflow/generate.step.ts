import { Inject, Injectable } from '@nestjs/common';
import { VideoStore } from '../store/video.store.js';
import { VideoOrders } from '../video-orders.service.js';
import { styledPrompt } from './styled-prompt.js';
import { isStepOver } from './workflow-step.js';
import { WorkflowStore } from './workflow.store.js';

/** The last step of a workflow: its video is handed on to be made. Done twice it is made once. */
@Injectable()
export class GenerateStep {
  constructor(
    @Inject(WorkflowStore) private readonly workflows: WorkflowStore,
    @Inject(VideoStore) private readonly videos: VideoStore,
    @Inject(VideoOrders) private readonly orders: VideoOrders,
  ) {}

  async run(workflowId: string): Promise<void> {
    let step = await this.workflows.findStep(workflowId, 'enhance');
    if (step && !isStepOver(step)) {
      await this.workflows.skipStep(workflowId, 'enhance', 'unavailable'); // its job has failed for good
      step = await this.workflows.findStep(workflowId, 'enhance');
    }
    if (!step) return;
    const video = await this.videos.find(step.videoId);
    if (!video || video.isReady || video.state !== 'queued') return;
    const prompt = step.promptOut ?? styledPrompt(video.originalPrompt, video.request.style);
    await this.orders.makeReady(video.id, prompt);
  }
}
