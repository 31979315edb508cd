/**
 * The database server of one test run, as a process of its own: starts it in a new folder, migrates the template
 * database, prints the server's URL and, when its input ends (the run is over, was interrupted or killed), stops the
 * server and removes the folder.
 */
import { Client } from 'pg';
import { createDataSource } from '../../src/database/data-source.js';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { runMigrations } from '../../src/database/migrate.js';
import { TEMPLATE_DATABASE, withDatabase } from './database-names.js';
import { makeDataFolder, sweepDataFolders } from './test-folders.js';

/** The file system outlives the tests, the data need not; files that run at once start a dozen nodes each. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '400' };

async function makeTemplate(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await client.end();
  const dataSource = await createDataSource(withDatabase(url, TEMPLATE_DATABASE)).initialize();
  await runMigrations(dataSource);
  await dataSource.destroy();
}

/** The run is over, or nobody is left to tell us. */
const runEnded = new Promise((resolve) => {
  process.stdin.resume().once('close', resolve);
  process.stdout.on('error', resolve);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, resolve);
});

async function serve(dataDirectory: string): Promise<void> {
  const lines: string[] = [];
  const server = await startEmbeddedPostgres({ dataDirectory, settings: SETTINGS, log: (line) => lines.push(line) });
  try {
    await makeTemplate(server.url);
    process.stdout.write(`${server.url}\n`);
    await runEnded;
  } catch (error) {
    process.stderr.write(`${lines.join('\n')}\n`);
    throw error;
  } finally {
    await server.stop();
  }
}

await sweepDataFolders();
const folder = await makeDataFolder();
try {
  await serve(folder.path);
} finally {
  await folder.remove();
}
