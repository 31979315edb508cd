import { Inject, Injectable } from '@nestjs/common';
import { LedgerPool } from '../../database/ledger-pool.js';
import { noteFinding } from './note-finding.js';
import type { Reading } from './reading.js';

const SHORT = `SELECT count(*)::float8 AS value FROM ledger.hold
  WHERE shortfall > 0 AND closed_at > clock_timestamp() - $1 * interval '1 ms'`;

/** The reaper ends a hold within seconds of its deadline. */
const OVERDUE = `SELECT count(*)::float8 AS value FROM ledger.hold WHERE status = 'pending' AND expires_at < clock_timestamp()`;

const UNPRICED = `SELECT count(*)::float8 AS value FROM ledger.hold
  WHERE status <> 'pending' AND ledger.is_unpriced(terms, outcome) AND closed_at > clock_timestamp() - $1 * interval '1 ms'`;

/** What an audit found, and when. */
const FOUND = 'SELECT label, value FROM alerting.finding WHERE name = $1';
const AUDIT = 'ledger.audit';

/** What the ledger itself says; every query goes by an index of few rows. */
@Injectable()
export class LedgerMeasures {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {}

  shortCharges(windowMs: number): Promise<Reading[]> {
    return this.count('alert_short', SHORT, [windowMs]);
  }

  overdueHolds(): Promise<Reading[]> {
    return this.count('alert_overdue', OVERDUE, []);
  }

  unpricedTokens(windowMs: number): Promise<Reading[]> {
    return this.count('alert_unpriced', UNPRICED, [windowMs]);
  }

  /** What the last audit of each kind found; they are made by another part of some process. */
  async auditFindings(): Promise<Reading[]> {
    const rows = await this.pool.query<{ label: string; value: number }>('alert_findings', FOUND, [AUDIT]);
    return rows.map(({ label, value }) => ({ labels: { audit: label }, value, volume: value }));
  }

  /** Keeps what an audit found for whoever evaluates. */
  async noteAudit(kind: 'new' | 'all', findings: number): Promise<void> {
    await noteFinding(this.pool, AUDIT, kind, findings);
  }

  private async count(name: string, text: string, values: readonly unknown[]): Promise<Reading[]> {
    const [row] = await this.pool.query<{ value: number }>(name, text, values);
    return [{ labels: {}, value: row!.value, volume: row!.value }];
  }
}
