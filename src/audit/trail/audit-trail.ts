import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import { trailPage, type TrailEvent, type TrailPage } from './trail-page.js';

/** Reads the trail by keyset: a page never shifts while new events arrive. */
@Injectable()
export class AuditTrail {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** @throws as LedgerPool.query */
  page(page: TrailPage): Promise<TrailEvent[]> {
    const { name, sql, values } = trailPage(page);
    return this.pool.query<TrailEvent>(name, sql, values);
  }
}
