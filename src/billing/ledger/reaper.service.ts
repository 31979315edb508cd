import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { Observers } from '../../common/observers.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { NodeLeaseService } from './node-lease.service.js';
import { REAPED_FRAME } from './reaped-frame.js';
import { RepeatingTask } from './repeating-task.js';

const LARGEST_SWEEP = 200;

/** A stream that was finished for its node. Amounts are micro-credits; null: that failed. */
export interface ReapedStream {
  /** 'settled', 'released', or 'failed: …'. */
  result: string;
  charged: bigint | null;
  shortfall: bigint | null;
}

/**
 * Judged when it runs, not when it was sent: a sweep that was stuck in a dead network and comes out of it together with
 * everybody's beats must not be faster than they are.
 */
const REAP = `SELECT result, charged, shortfall
  FROM ledger.reap($1, CASE WHEN clock_timestamp() < $4::timestamptz THEN $2::int ELSE 0 END, $3)`;

/** Finishes streams whose node died or whose deadline passed, with what their log holds; every node does it for all. */
@Injectable()
export class ReaperService implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Of every stream that this process finished for another one. */
  readonly reaped = new Observers<ReapedStream>();
  private readonly logger = new Logger(ReaperService.name);
  private readonly isFreeOnError: boolean;
  private readonly task: RepeatingTask;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(NodeLeaseService) private readonly lease: NodeLeaseService,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.isFreeOnError = environment.billing.isFreeOnError;
    this.task = new RepeatingTask(environment.streams.leaseMs / 4, () => this.sweep());
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.task.stop();
  }

  private async sweep(): Promise<void> {
    for (let reaped = LARGEST_SWEEP; reaped >= LARGEST_SWEEP;) {
      const rows = await this.pool.query<ReapedStream>('reap', REAP, [
        REAPED_FRAME,
        LARGEST_SWEEP,
        this.isFreeOnError,
        this.lease.mayJudgeUntil,
      ]);
      reaped = rows.length;
      for (const row of rows) this.reaped.tell(row);
      if (reaped > 0) this.logger.warn(`Finished ${reaped} streams that their node had left behind`);
    }
  }
}
