import { parseArgs } from 'node:util';
import { restore } from '../backup/restore.js';
import { loadEnvironment, namesOfVariables } from '../config/env.js';
import { DatabaseServer } from '../database/database-server.js';
import { ArgumentsError } from './arguments-error.js';
import { runCommand } from './run-command.js';

const USAGE = 'npm run restore -- --from FOLDER   brings a backup back into a database without tables';

/** `npm run restore`: with the environment of the new place, in which nothing runs yet. */
async function main(): Promise<void> {
  const { from } = parseArgs({ options: { from: { type: 'string' } } }).values;
  if (from === undefined) throw new ArgumentsError('--from is missing');
  const environment = loadEnvironment();
  const begunMs = performance.now();
  const server = await DatabaseServer.start(environment, (line) => process.stderr.write(`${line}\n`));
  try {
    const { manifest, ledgerFaults } = await restore({ databaseUrl: server.url, environment, folder: from });
    const seconds = ((performance.now() - begunMs) / 1_000).toFixed(1);
    process.stdout.write(`Restored as of ${manifest.takenAt} in ${seconds} s\n`);
    const missing = manifest.variables.filter((name) => !namesOfVariables().includes(name));
    if (missing.length > 0) process.stdout.write(`Set there and not here: ${missing.join(', ')}\n`);
    if (ledgerFaults.length > 0) throw new Error(`The ledger does not add up: ${JSON.stringify(ledgerFaults)}`);
    process.stdout.write('The ledger adds up\n');
  } finally {
    await server.stop();
  }
}

await runCommand(USAGE, main);
