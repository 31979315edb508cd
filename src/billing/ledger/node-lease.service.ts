import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { Ledger } from './ledger.js';
import { RepeatingTask } from './repeating-task.js';

/** Keeps this node's lease alive: while it lasts, nobody else may finish this node's streams. */
@Injectable()
export class NodeLeaseService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(NodeLeaseService.name);
  private readonly leaseMs: number;
  private readonly task: RepeatingTask;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.leaseMs = environment.streams.leaseMs;
    this.task = new RepeatingTask(this.leaseMs / 4, () => this.beat());
  }

  /** The first beat comes before the first hold: a node without a lease counts as dead. */
  async onApplicationBootstrap(): Promise<void> {
    await this.beat();
    this.task.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.task.stop();
  }

  private async beat(): Promise<void> {
    const [beat] = await this.pool.query<{ lapsed: boolean }>('beat', 'SELECT lapsed FROM ledger.beat($1, $2)', [
      this.ledger.nodeId,
      this.leaseMs,
    ]);
    if (beat?.lapsed) this.logger.warn('The lease had lapsed: streams of this node may have been finished by another');
  }
}
