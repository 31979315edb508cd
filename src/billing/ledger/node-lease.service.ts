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
  /** By the database's clock; as its text, which keeps its microseconds. */
  private confirmedUntil = '-infinity';
  private lapsedAtMs = -Infinity;

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

  /**
   * Until when the database's clock may stand for this node to judge others by their leases. Long ago where its own has
   * lapsed within the last lease's time: what cut this node off may have cut off the others, and they come back too.
   */
  get mayJudgeUntil(): string {
    return performance.now() - this.lapsedAtMs < this.leaseMs ? '-infinity' : this.confirmedUntil;
  }

  private async beat(): Promise<void> {
    const [beat] = await this.pool.query<{ lapsed: boolean; until: string }>(
      'beat',
      'SELECT lapsed, lease_until::text AS until FROM ledger.beat($1, $2)',
      [this.ledger.nodeId, this.leaseMs],
    );
    if (!beat) return;
    this.confirmedUntil = beat.until;
    if (!beat.lapsed) return;
    this.lapsedAtMs = performance.now();
    this.logger.warn('The lease had lapsed: streams of this node may have been finished by another');
  }
}
