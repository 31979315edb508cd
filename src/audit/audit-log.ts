import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../database/ledger-pool.js';
import type { AuditRow } from './audit-event.js';

/** Writes rows of the trail; what is there already (by key) stays as it is, so that a write may be repeated. */
@Injectable()
export class AuditLog {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  /** All rows in one durable statement, or none. @throws as LedgerPool.query. */
  async write(rows: readonly AuditRow[]): Promise<void> {
    await this.pool.query('audit_record', 'SELECT audit.record($1, $2, $3, $4, $5, $6)', [
      rows.map(({ at }) => at),
      rows.map(({ actor }) => actor),
      rows.map(({ action }) => action),
      rows.map(({ subject }) => subject),
      rows.map(({ key }) => key),
      rows.map(({ details }) => details),
    ]);
  }
}
