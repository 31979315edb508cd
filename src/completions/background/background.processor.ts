import { Inject, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DelayedError } from 'bullmq';
import { TextCipher } from '../../common/encryption/text-cipher.js';
import { UnreadableTextError } from '../../common/encryption/unreadable-text-error.js';
import { RareWarning } from '../../common/logging/rare-warning.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { JobHost, ProcessesJobs } from '../../queue/job-host.js';
import type { JobOf } from '../../queue/typed-queue.js';
import type { CompletionRequest } from '../completion-request.js';
import { BackgroundAnswers } from './background-answers.js';
import { placeOfRequest } from './place-of-request.js';

/** A worker that died is noticed within 15 s, and its requests are taken by the next, however many have died of them. */
const RECOVERY = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 100 };
/** A request whose key is missing is looked at again after this, in milliseconds. */
const UNREADABLE_PAUSE_MS = 30_000;

/** Takes durable requests from the queue, many at a time: they wait for providers, not for us. */
@ProcessesJobs('requests', RECOVERY)
export class BackgroundProcessor extends JobHost<'requests'> implements OnApplicationBootstrap {
  private readonly warning = new RareWarning(new Logger(BackgroundProcessor.name));

  constructor(
    @Inject(BackgroundAnswers) private readonly answers: BackgroundAnswers,
    @Inject(TextCipher) private readonly cipher: TextCipher,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.environment.background.concurrency;
  }

  async process(job: JobOf<'requests'>): Promise<void> {
    const { data, attemptsMade, opts } = job;
    const request = this.requestOf(job) ?? (await this.postpone(job));
    const mayTryAgain = attemptsMade + 1 < (opts.attempts ?? 1);
    await this.answers.answer(data, request, mayTryAgain);
  }

  /** @returns undefined where its key is not here */
  private requestOf({ data: { userId, request }, id }: JobOf<'requests'>): CompletionRequest | undefined {
    if (typeof request !== 'string') return request as CompletionRequest; // an earlier version queued it as an object
    try {
      return JSON.parse(this.cipher.open(request, placeOfRequest(userId, id!))) as CompletionRequest;
    } catch (error) {
      if (!(error instanceof UnreadableTextError) || error.code !== 'UNAVAILABLE') throw error;
      return undefined;
    }
  }

  /** It waits, however long it takes until the key is here: no try of it is used up. */
  private async postpone(job: JobOf<'requests'>): Promise<never> {
    this.warning.warn("Requests in the background can't be read: they are encrypted with a key that is not configured");
    await job.moveToDelayed(Date.now() + UNREADABLE_PAUSE_MS, job.token);
    throw new DelayedError();
  }
}
