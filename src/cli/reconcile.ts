import { readFile } from 'node:fs/promises';
import { loadEnvironment } from '../config/env.js';
import { DatabaseServer } from '../database/database-server.js';
import { LedgerPool } from '../database/ledger-pool.js';
import { compareCounts, type Drift } from '../usage/reconciliation/compare-counts.js';
import { driftTable } from '../usage/reconciliation/drift-table.js';
import { ourCounts } from '../usage/reconciliation/our-counts.js';
import { ExportError, type ProviderCount } from '../usage/reconciliation/provider-count.js';
import { readExport } from '../usage/reconciliation/read-export.js';
import { parseReconcileArguments, RECONCILE_USAGE, type ReconcileArguments } from './reconcile-arguments.js';
import { runCommand } from './run-command.js';

/** Of sysexits.h. */
const EX_DATAERR = 65;
const EX_UNAVAILABLE = 69;

/** `npm run reconcile`: holds our count against a provider's export; exits 1 where they differ by more than the tolerance. */
async function main(args: string[]): Promise<void> {
  const request = parseReconcileArguments(args, new Date());
  const theirs = await readFiles(request);
  const ours = await readOurs(request);
  const drifts = compareCounts(ours, theirs, request);
  process.stdout.write(
    request.asJson ? `${JSON.stringify({ ...asked(request), drifts }, null, 2)}\n` : text(drifts, request),
  );
  process.exitCode = drifts.some(({ isBeyond }) => isBeyond) ? 1 : 0;
}

async function readFiles({ files, from, to }: ReconcileArguments): Promise<ProviderCount[]> {
  const counts: ProviderCount[] = [];
  for (const file of files) {
    try {
      counts.push(...readExport(await readFile(file, 'utf8')));
    } catch (error) {
      throw new ExportError(`${file}: ${(error as Error).message}`, { cause: error });
    }
  }
  const within = counts.filter(({ day }) => day >= from && day < to);
  if (within.length === 0) throw new ExportError(`${files.join(', ')}: nothing in it is of ${from} to before ${to}`);
  return within;
}

async function readOurs({ provider, ...period }: ReconcileArguments): Promise<ProviderCount[]> {
  const server = await DatabaseServer.start(loadEnvironment(), () => undefined);
  const pool = new LedgerPool({ connectionString: server.url, max: 1 });
  try {
    return await ourCounts(pool, provider, period);
  } finally {
    await pool.close();
    await server.stop();
  }
}

function asked({ provider, from, to, tolerance }: ReconcileArguments) {
  return { provider, from, to, tolerance };
}

function text(drifts: readonly Drift[], { provider, from, to, tolerance }: ReconcileArguments): string {
  const percent = Number((tolerance * 100).toFixed(4));
  const beyond = drifts.filter(({ isBeyond }) => isBeyond).length;
  const verdict =
    beyond === 0
      ? `All ${drifts.length} figures agree within ${percent} %.`
      : `${beyond} of ${drifts.length} figures differ by more than ${percent} %.`;
  return `${provider}, ${from} to before ${to} (UTC)\n\n${driftTable(drifts)}\n\n${verdict}\n`;
}

await runCommand(RECONCILE_USAGE, main, (error) => (error instanceof ExportError ? EX_DATAERR : EX_UNAVAILABLE));
