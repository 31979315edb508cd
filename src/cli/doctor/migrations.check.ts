import type { Client } from 'pg';
import { MIGRATIONS } from '../../database/migrations/migration-list.js';
import { fault, warning, type CheckResult, type Finding } from './finding.js';

const CHECK = 'migrations';

export interface MigrationState {
  result: CheckResult;
  /** Every table that this version knows is there. */
  isUpToDate: boolean;
}

/** Whether the database's schema is the one of this version. */
export async function checkMigrations(client: Client): Promise<MigrationState> {
  const known: string[] = MIGRATIONS.map((migration) => new migration().name);
  const done = await migrationsOf(client);
  const pending = known.filter((name) => !done.includes(name));
  const later = done.filter((name) => !known.includes(name));
  const findings: Finding[] = [];
  if (pending.length > 0) {
    findings.push(
      fault(
        done.length === 0 ? 'The database is empty' : `Migrations are pending: ${pending.join(', ')}`,
        'Start a gateway (npm start): it migrates before it serves. Where that was tried, its log says why it failed.',
      ),
    );
  }
  if (later.length > 0) {
    findings.push(
      warning(
        `The database has migrations that this version doesn't know: ${later.join(', ')}`,
        'A later version was here. Run that one; what this one does with its tables was never tested.',
      ),
    );
  }
  return {
    result: { check: CHECK, findings, note: `${known.length - pending.length} of ${known.length}` },
    isUpToDate: pending.length === 0,
  };
}

async function migrationsOf(client: Client): Promise<string[]> {
  const { rows: found } = await client.query<{ found: boolean }>(
    "SELECT to_regclass('public.migrations') IS NOT NULL AS found",
  );
  if (!found[0]!.found) return [];
  const { rows } = await client.query<{ name: string }>('SELECT name FROM public.migrations ORDER BY "timestamp"');
  return rows.map(({ name }) => name);
}
