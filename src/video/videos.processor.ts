import { Inject, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DelayedError } from 'bullmq';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { JobHost, ProcessesJobs } from '../queue/job-host.js';
import type { JobOf } from '../queue/typed-queue.js';
import { PollStep } from './steps/poll.step.js';
import { SettleStep } from './steps/settle.step.js';
import type { StepOutcome } from './steps/step-outcome.js';
import { ORDERS_END_WITHIN_MS } from './steps/submit-patience.js';
import { SubmitStep } from './steps/submit.step.js';

/** A worker that died is noticed within 15 s, and its steps are taken by the next. */
const RECOVERY = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 100 };

/** The short steps of videos, many at a time: they wait for providers, not for us. */
@ProcessesJobs('videos', { ...RECOVERY, closesWithinMs: ORDERS_END_WITHIN_MS })
export class VideosProcessor extends JobHost<'videos'> implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(SubmitStep) private readonly submit: SubmitStep,
    @Inject(PollStep) private readonly poll: PollStep,
    @Inject(SettleStep) private readonly settle: SettleStep,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.environment.video.concurrency;
  }

  /** Before the providers' connections are closed, which Nest does before it closes workers: an order is heard out. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.close();
  }

  async process(job: JobOf<'videos'>, token?: string): Promise<void> {
    await repeatOn(await this[job.name].run(job.data.videoId), job, token);
  }
}

/** A step that is to be taken again waits as the same job: a video never has two of one kind. */
export async function repeatOn(
  outcome: StepOutcome,
  job: { moveToDelayed(timestamp: number, token?: string): Promise<void> },
  token: string | undefined,
): Promise<void> {
  if (outcome.kind === 'done') return;
  await job.moveToDelayed(Date.now() + outcome.afterMs, token);
  throw new DelayedError();
}
