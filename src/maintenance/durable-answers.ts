import { Inject, Injectable, Logger } from '@nestjs/common';
import { QueueLedger } from '../billing/ledger/queue-ledger.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';

/** Answers of durable requests, which are kept for BACKGROUND_KEEP_MS. */
@Injectable()
export class DurableAnswers {
  private readonly logger = new Logger(DurableAnswers.name);
  private readonly keepMs: number;

  constructor(
    @Inject(QueueLedger) private readonly ledger: QueueLedger,
    @Inject(ENVIRONMENT) { background }: Environment,
  ) {
    this.keepMs = background.keepMs;
  }

  /** Drops those that nobody may ask for any more. */
  async drop(): Promise<void> {
    const dropped = await this.ledger.dropAnswers(this.keepMs);
    if (dropped > 0) this.logger.log(`Dropped ${dropped} answers of background requests`);
  }
}
