import { parseArgs } from 'node:util';
import { backUp } from '../backup/back-up.js';
import { loadEnvironment, namesOfVariables } from '../config/env.js';
import { DatabaseServer } from '../database/database-server.js';
import { ArgumentsError } from './arguments-error.js';
import { operatorAct } from './operator-act.js';
import { runCommand } from './run-command.js';

const USAGE = 'npm run backup -- --to FOLDER      copies database, configuration and videos into a new folder';

/** `npm run backup`: with the environment of the gateway, which may run meanwhile. */
async function main(): Promise<void> {
  const { to } = parseArgs({ options: { to: { type: 'string' } } }).values;
  if (to === undefined) throw new ArgumentsError('--to is missing');
  const environment = loadEnvironment();
  const begunMs = performance.now();
  const server = await DatabaseServer.start(environment, (line) => process.stderr.write(`${line}\n`));
  try {
    const order = { databaseUrl: server.url, environment, variables: namesOfVariables(), folder: to };
    const { takenAt, tables, media, configuration } = await operatorAct(server.url, { action: 'admin.backup' }, () =>
      backUp(order),
    );
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    const files = media === undefined ? 'videos are in a bucket and not copied' : `${media.length} files of videos`;
    const seconds = ((performance.now() - begunMs) / 1_000).toFixed(1);
    process.stdout.write(
      `${to}: ${rows} rows of ${tables.length} tables as of ${takenAt}, ${files}, ` +
        `${configuration ? 'the configuration' : 'no configuration file'}; ${seconds} s\n`,
    );
  } finally {
    await server.stop();
  }
}

await runCommand(USAGE, main);
