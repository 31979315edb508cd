import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RepeatingTask } from '../../billing/ledger/repeating-task.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { WorkflowQueue } from './workflow-queue.service.js';
import { isStepOver } from './workflow-step.js';
import { WorkflowStore } from './workflow.store.js';

const LOOK_EVERY_MS = 15_000;
/** So long after a workflow should have been through. */
const PATIENCE_MS = 15_000;
const LARGEST_SWEEP = 200;

/**
 * Workflows that nobody sees to: the process died between the hold and the queue, or a Redis lost its jobs. They go on
 * from the step that is stored; what is queued already is not queued again.
 */
@Injectable()
export class LostWorkflows implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LostWorkflows.name);
  private readonly task = new RepeatingTask(LOOK_EVERY_MS, () => this.sweep());
  private readonly lostAfterMs: number;

  constructor(
    @Inject(WorkflowStore) private readonly workflows: WorkflowStore,
    @Inject(WorkflowQueue) private readonly queue: WorkflowQueue,
    @Inject(ENVIRONMENT) { video }: Environment,
  ) {
    this.lostAfterMs = video.enhanceWaitMs + PATIENCE_MS;
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.task.stop();
  }

  /** Looks once. */
  async sweep(lostAfterMs = this.lostAfterMs): Promise<void> {
    const waiting = await this.workflows.waitingLongerThan(lostAfterMs, LARGEST_SWEEP);
    for (const { workflowId } of waiting) {
      const step = await this.workflows.findStep(workflowId, 'enhance');
      if (step && isStepOver(step)) await this.queue.addGenerate(workflowId);
      else await this.queue.addFlow(workflowId);
    }
    if (waiting.length > 0) this.logger.warn(`${waiting.length} video workflows have waited for long`);
  }
}
