import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Ledger } from '../billing/ledger/ledger.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import type { LogFields } from '../common/logging/log-fields.js';
import type { AnswerJob } from './answer-job.js';
import { RunningAnswers } from './running-answers.js';
import { unansweredEnd } from './unanswered-end.js';

/** How long a client may repeat its request before the hold is given back, in milliseconds; beyond any statement's own limit. */
const GIVE_BACK_AFTER_MS = 30_000;

/**
 * Holds of which we don't know whether they were made: the database went away before it answered, and the client was told
 * so. A repeat takes such a hold over; where none comes, it is ended here, so that no credits stay held for nothing.
 */
@Injectable()
export class AbandonedHolds implements OnApplicationShutdown {
  private readonly logger = new Logger(AbandonedHolds.name);
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(RunningAnswers) private readonly running: RunningAnswers,
  ) {}

  /** The hold of a job may have been made, though its request was refused. */
  note(job: AnswerJob, giveBackAfterMs = GIVE_BACK_AFTER_MS): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.giveBack(job).catch((error: unknown) => {
        const about: LogFields = { requestId: job.request.id };
        this.logger.warn(`A hold could not be given back yet: ${(error as Error).message}`, about);
        this.note(job, giveBackAfterMs);
      });
    }, giveBackAfterMs);
    this.timers.add(timer.unref());
  }

  /** What is left is the reaper's, once this node's lease has lapsed. */
  onApplicationShutdown(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** Does nothing where the hold was never made, was taken over, or has ended. */
  private async giveBack(job: AnswerJob): Promise<void> {
    if (this.running.find(job.key)) return;
    await this.ledger.finish(unansweredEnd(job.key, job.request, neverStarted()));
  }
}

function neverStarted(): GatewayError {
  return new GatewayError('UNAVAILABLE', 'The request was never started; ask again under a new id.');
}
