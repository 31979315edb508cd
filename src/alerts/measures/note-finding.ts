import type { LedgerPool } from '../../database/ledger-pool.js';

const NOTE = `INSERT INTO alerting.finding (name, label, value, at) VALUES ($1, $2, $3, clock_timestamp())
  ON CONFLICT (name, label) DO UPDATE SET value = excluded.value, at = excluded.at`;

/** Keeps what somebody who looks seldom found out for whoever evaluates. @throws what the database said */
export async function noteFinding(pool: LedgerPool, name: string, label: string, value: number): Promise<void> {
  await pool.query('alert_note', NOTE, [name, label, value]);
}
