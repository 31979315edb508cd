import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';

/** The open holds of one kind of owner. */
export interface HoldFigures {
  /** `node`: answers that run; `queue`: durable requests; `videos`. */
  owner: string;
  open: number;
  /** Micro-credits. */
  amount: bigint;
  oldestSeconds: number;
  /** Beyond their deadline: the reaper has not come for them. */
  overdue: number;
}

const FIGURES = `
  SELECT CASE WHEN node_id LIKE 'node-%' THEN 'node' ELSE node_id END AS owner,
         count(*)::int AS open, sum(amount)::bigint AS amount,
         extract(epoch FROM clock_timestamp() - min(created_at))::float8 AS "oldestSeconds",
         count(*) FILTER (WHERE expires_at < clock_timestamp())::int AS overdue
  FROM ledger.hold WHERE status = 'pending' GROUP BY 1`;

/** How the open holds of all nodes stand. */
@Injectable()
export class HoldWatch {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** @throws as LedgerPool.query */
  figures(): Promise<HoldFigures[]> {
    return this.pool.query<HoldFigures>('hold_figures', FIGURES);
  }
}
