import { Inject, type OnApplicationBootstrap } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { JobHost, ProcessesJobs } from '../../queue/job-host.js';
import type { JobOf } from '../../queue/typed-queue.js';
import { EnhanceStep } from './enhance/enhance.step.js';
import { GenerateStep } from './generate.step.js';

/** A worker that died is noticed within 15 s, and its steps are taken by the next. */
const RECOVERY = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 100 };

/** The steps of workflows, many at a time: they wait for text models, not for us. */
@ProcessesJobs('video-workflows', RECOVERY)
export class WorkflowsProcessor extends JobHost<'video-workflows'> implements OnApplicationBootstrap {
  constructor(
    @Inject(EnhanceStep) private readonly enhance: EnhanceStep,
    @Inject(GenerateStep) private readonly generate: GenerateStep,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.environment.video.concurrency;
  }

  async process({ name, data }: JobOf<'video-workflows'>): Promise<void> {
    await this[name].run(data.workflowId);
  }
}
