import { Inject, Injectable, Logger } from '@nestjs/common';
import { LedgerPool } from '../database/ledger-pool.js';

/** One thing that `ledger.maintain` did, or could not do because the log was too busy for it. */
export interface PartitionChange {
  action: 'created' | 'dropped' | 'busy';
  bucket: number;
}

/** The log is kept for so many hours beyond the present one (a pending hold keeps its hour longer). */
const KEEP_HOURS = 2;
const AHEAD_HOURS = 2;

/** Partitions of the stream log, one an hour: made ahead, dropped when nobody can ask for them any more. */
@Injectable()
export class LogPartitions {
  private readonly logger = new Logger(LogPartitions.name);

  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** Safe at any time from any number of callers: one does it, the others do nothing. What is busy waits for the next call. */
  async tend(): Promise<PartitionChange[]> {
    const changes = await this.pool.query<PartitionChange>(
      'maintain',
      'SELECT action, bucket FROM ledger.maintain($1, $2)',
      [KEEP_HOURS, AHEAD_HOURS],
    );
    if (changes.length > 0) {
      this.logger.log(`Log partitions: ${changes.map(({ action, bucket }) => `${bucket} ${action}`).join(', ')}`);
    }
    return changes;
  }
}
