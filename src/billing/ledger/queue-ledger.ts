import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import { Ledger } from './ledger.js';

/** The owner of durable requests, whose lease has no end (migration 1763800300000). */
export const QUEUE_OWNER = 'queue';

/**
 * The ledger under the name that durable requests are held by: they belong to no process, so any may end them, and the
 * first end counts.
 */
@Injectable()
export class QueueLedger extends Ledger {
  override readonly nodeId = QUEUE_OWNER;

  constructor(@Inject(LedgerPool) pool: LedgerPool) {
    super(pool);
  }
}
