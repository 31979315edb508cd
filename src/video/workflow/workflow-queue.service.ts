import { InjectFlowProducer, InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { FlowProducer } from 'bullmq';
import { enqueue, orQueueUnavailable, type QueueOf } from '../../queue/typed-queue.js';

/** The name of the producer in the module. */
export const WORKFLOW_FLOWS = 'video-workflows';

/** A step that fails by trouble of ours is tried again; what is lost all the same is found by LostWorkflows. */
const OPTIONS = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: true,
  removeOnFail: true,
};

/** The steps of workflows as jobs, known by their workflow: asking for one twice makes one. */
@Injectable()
export class WorkflowQueue {
  constructor(
    @InjectFlowProducer(WORKFLOW_FLOWS) private readonly flows: FlowProducer,
    @InjectQueue('video-workflows') private readonly queue: QueueOf<'video-workflows'>,
  ) {}

  /**
   * Queues the whole flow: the video is made when its prompt has been seen to, however that ended.
   * @throws GatewayError UNAVAILABLE
   */
  async addFlow(workflowId: string): Promise<void> {
    const enhance = {
      name: 'enhance',
      queueName: 'video-workflows',
      data: { workflowId },
      opts: { ...OPTIONS, jobId: jobIdOf('enhance', workflowId), ignoreDependencyOnFailure: true },
    };
    const generate = {
      name: 'generate',
      queueName: 'video-workflows',
      data: { workflowId },
      opts: { ...OPTIONS, jobId: jobIdOf('generate', workflowId) },
      children: [enhance],
    };
    await orQueueUnavailable(this.flows.add(generate));
  }

  /** Queues the last step alone: those before it are over. @throws GatewayError UNAVAILABLE */
  addGenerate(workflowId: string): Promise<void> {
    return enqueue(this.queue, 'generate', { workflowId }, { ...OPTIONS, jobId: jobIdOf('generate', workflowId) });
  }
}

/** Without ':', which BullMQ refuses. */
function jobIdOf(step: 'enhance' | 'generate', workflowId: string): string {
  return `${step}-${workflowId}`;
}
