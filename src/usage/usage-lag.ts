import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../database/ledger-pool.js';

/** Beyond these it is only told that there are so many. */
const MOST = 100_000;
const LAG = `
  SELECT (SELECT count(*) FROM (SELECT FROM usage.ended LIMIT ${MOST}) ended)::float8 AS requests,
    coalesce(greatest(extract(epoch FROM clock_timestamp() - (SELECT at FROM usage.ended ORDER BY id LIMIT 1)), 0), 0)::float8 AS "oldestSeconds"`;

/** Requests that ended and are in no report yet. */
export interface UsageBacklog {
  requests: number;
  /** Since the oldest of them ended; 0: there are none. */
  oldestSeconds: number;
}

/** How far the sums of usage are behind, whichever process adds them up. */
@Injectable()
export class UsageLag {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  async backlog(): Promise<UsageBacklog> {
    const [row] = await this.pool.query<UsageBacklog>('usage_lag', LAG);
    return row!;
  }
}
