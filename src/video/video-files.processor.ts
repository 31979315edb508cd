import { Inject, type OnApplicationBootstrap } from '@nestjs/common';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { JobHost, ProcessesJobs } from '../queue/job-host.js';
import type { JobOf } from '../queue/typed-queue.js';
import { CopyStep } from './steps/copy.step.js';
import { repeatOn } from './videos.processor.js';

/** A worker that died is noticed within 15 s, and its copies are begun again by the next. */
const RECOVERY = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 100 };

/** Copies finished videos, few at a time: each takes the line and the disk for a while. */
@ProcessesJobs('video-files', RECOVERY)
export class VideoFilesProcessor extends JobHost<'video-files'> implements OnApplicationBootstrap {
  constructor(
    @Inject(CopyStep) private readonly copy: CopyStep,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.environment.video.copyConcurrency;
  }

  async process(job: JobOf<'video-files'>, token?: string): Promise<void> {
    await repeatOn(await this.copy.run(job.data.videoId), job, token);
  }
}
