import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Ledger } from '../billing/ledger/ledger.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { errorFrame } from './answer-frames.js';
import type { AnswerJob } from './answer-job.js';
import { RunningAnswers } from './running-answers.js';

/** How long a client may repeat its request before the hold is given back, in milliseconds; beyond any statement's own limit. */
const GIVE_BACK_AFTER_MS = 30_000;

const NEVER_STARTED = {
  usage: { usage: { inputTokens: 0, outputTokens: 0 }, usageSource: 'estimated' as const },
  error: new GatewayError('UNAVAILABLE', 'The request was never started; ask again under a new id.').toBody(),
};

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
        this.logger.warn(`A hold could not be given back yet: ${(error as Error).message}`);
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
    const { id, model, provider } = job.request;
    const metadata = { model, provider, latency: 0, finishReason: 'error', attempts: 0 };
    const frame = errorFrame(JSON.stringify(id), 1, NEVER_STARTED.error, NEVER_STARTED.usage, metadata);
    const outcome = JSON.stringify({ ...metadata, ...NEVER_STARTED.usage, attempts: [], error: 'UNAVAILABLE' });
    await this.ledger.finish({ ...job.key, seq: 1, frame, outputTokens: 0, cost: 0n, outcome });
  }
}
