import { parseArgs } from 'node:util';
import { loadAuditKeys } from '../audit/audit-keys.js';
import { inSnapshot } from '../audit/verify/in-snapshot.js';
import { describeFault } from '../audit/verify/trail-fault.js';
import { verifyTrail } from '../audit/verify/verify-trail.js';
import { restore } from '../backup/restore.js';
import { loadEnvironment, namesOfVariables } from '../config/env.js';
import type { Environment } from '../config/environment.js';
import { DatabaseServer } from '../database/database-server.js';
import { MIGRATIONS } from '../database/migrations/migration-list.js';
import { ArgumentsError } from './arguments-error.js';
import { operatorAct } from './operator-act.js';
import { runCommand } from './run-command.js';

const USAGE = 'npm run restore -- --from FOLDER   brings a backup back into a database without tables';
/** `npm run audit:verify` tells all. */
const MOST_LINES = 100;

/** `npm run restore`: with the environment of the new place, in which nothing runs yet. */
async function main(): Promise<void> {
  const { from } = parseArgs({ options: { from: { type: 'string' } } }).values;
  if (from === undefined) throw new ArgumentsError('--from is missing');
  const environment = loadEnvironment();
  const begunMs = performance.now();
  const server = await DatabaseServer.start(environment, (line) => process.stderr.write(`${line}\n`));
  try {
    const { manifest, ledgerFaults } = await restore({ databaseUrl: server.url, environment, folder: from });
    const details = { takenAt: manifest.takenAt };
    await operatorAct(server.url, { action: 'admin.restore', details }, () => Promise.resolve()); // there was no trail before
    const seconds = ((performance.now() - begunMs) / 1_000).toFixed(1);
    process.stdout.write(`Restored as of ${manifest.takenAt} in ${seconds} s\n`);
    const missing = manifest.variables.filter((name) => !namesOfVariables().includes(name));
    if (missing.length > 0) process.stdout.write(`Set there and not here: ${missing.join(', ')}\n`);
    const isTrailWhole = await checkTrail(server.url, environment, manifest.migrations);
    if (ledgerFaults.length > 0) throw new Error(`The ledger does not add up: ${JSON.stringify(ledgerFaults)}`);
    process.stdout.write('The ledger adds up\n');
    if (!isTrailWhole)
      throw new Error('The audit trail is not as it was sealed, or AUDIT_SECRET is not that of before');
  } finally {
    await server.stop();
  }
}

/**
 * Holds what was restored to the seals of the audit trail, and prints what does not fit.
 * @param migrations those that had run when the backup was taken
 * @returns false where something does not fit
 */
async function checkTrail(
  databaseUrl: string,
  environment: Environment,
  migrations: readonly string[],
): Promise<boolean> {
  if (MIGRATIONS.some((migration) => !migrations.includes(new migration().name))) {
    process.stdout.write(
      'The audit trail was not looked at: the backup is of an earlier version. Start a gateway, then npm run audit:verify\n',
    );
    return true;
  }
  const keys = await loadAuditKeys(environment);
  let faults = 0;
  const { events, seals } = await inSnapshot(databaseUrl, (query) =>
    verifyTrail(query, {
      keys,
      report: (fault) => {
        if (++faults <= MOST_LINES) process.stdout.write(`${describeFault(fault)}\n`);
      },
    }),
  );
  if (faults === 0) process.stdout.write(`The audit trail is as it was sealed: ${events} events in ${seals} seals\n`);
  return faults === 0;
}

await runCommand(USAGE, main);
