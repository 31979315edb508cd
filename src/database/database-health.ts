import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { LedgerPool } from './ledger-pool.js';

/** An orchestrator's probe commonly waits 1 s or more; a database that needs longer serves nobody. */
const DEADLINE_MS = 900;

/** Whether the database answers, in time. */
@Injectable()
export class DatabaseHealth {
  /** The ping that is under way: probes of a hanging database must not take the pool's connections one by one. */
  private ping: Promise<void> | undefined;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
  ) {}

  /** What the database said of itself stays in here: it may name addresses and users. */
  async check(): Promise<HealthIndicatorResult<'database'>> {
    const indicator = this.indicators.check('database');
    const begunMs = performance.now();
    switch (await this.outcome()) {
      case 'answered':
        return indicator.up({ responseTimeMs: Math.round(performance.now() - begunMs) });
      case 'failed':
        return indicator.down('The database can not be reached.');
      case 'late':
        return indicator.down(`The database did not answer within ${DEADLINE_MS} ms.`);
    }
  }

  private async outcome(): Promise<'answered' | 'failed' | 'late'> {
    this.ping ??= this.pool.ping().finally(() => (this.ping = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, DEADLINE_MS, 'late')));
    const answer = this.ping.then(
      () => 'answered' as const,
      () => 'failed' as const,
    );
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }
}
