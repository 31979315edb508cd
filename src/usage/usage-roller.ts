import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RepeatingTask } from '../billing/ledger/repeating-task.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { LedgerPool } from '../database/ledger-pool.js';

const PAUSE_MS = 1_000;
/** A tenth of a second's work. */
const AT_ONCE = 2_000;

/**
 * Counts requests that ended into the sums that reports read. Every process that runs jobs does it; one at a time has the
 * database's lock. What one leaves undone, whatever becomes of it, the next one finds.
 */
@Injectable()
export class UsageRoller implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly creditsPerUsd: string;
  private readonly task = new RepeatingTask(PAUSE_MS, () => this.rollAll());
  private isStopping = false;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(ENVIRONMENT) { billing }: Environment,
  ) {
    this.creditsPerUsd = billing.creditsPerUsd;
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.task.stop();
  }

  private async rollAll(): Promise<void> {
    while (!this.isStopping && (await this.roll()) === AT_ONCE);
  }

  /** @returns how many were counted; null: another process is at it */
  private async roll(): Promise<number | null> {
    const roll = 'SELECT usage.roll_up($1, $2) AS count';
    const [row] = await this.pool.query<{ count: number | null }>('usage_roll_up', roll, [AT_ONCE, this.creditsPerUsd]);
    return row!.count;
  }
}
