import { Inject, type OnApplicationBootstrap } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { JobHost, ProcessesJobs } from '../../queue/job-host.js';
import type { JobOf } from '../../queue/typed-queue.js';
import type { CompletionRequest } from '../completion-request.js';
import { BackgroundAnswers } from './background-answers.js';

/** A worker that died is noticed within 15 s, and its requests are taken by the next, however many have died of them. */
const RECOVERY = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 100 };

/** Takes durable requests from the queue, many at a time: they wait for providers, not for us. */
@ProcessesJobs('requests', RECOVERY)
export class BackgroundProcessor extends JobHost<'requests'> implements OnApplicationBootstrap {
  constructor(
    @Inject(BackgroundAnswers) private readonly answers: BackgroundAnswers,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.environment.background.concurrency;
  }

  async process({ data, attemptsMade, opts }: JobOf<'requests'>): Promise<void> {
    const mayTryAgain = attemptsMade + 1 < (opts.attempts ?? 1);
    await this.answers.answer(data, requestOf(data.request), mayTryAgain);
  }
}

/** An earlier version queued it as an object. */
function requestOf(request: string | object): CompletionRequest {
  return (typeof request === 'string' ? JSON.parse(request) : request) as CompletionRequest;
}
