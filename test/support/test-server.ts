/**
 * The database server of one test run, as a process of its own: starts it in a new folder, migrates the template
 * database, prints the server's URL and, when its input ends (the run is over, was interrupted or killed), stops the
 * server and removes the folder.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDataSource } from '../../src/database/data-source.js';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { runMigrations } from '../../src/database/migrate.js';
import { TEMPLATE_DATABASE, withDatabase } from './database-names.js';

/** The file system outlives the tests, the data need not. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off' };

async function makeTemplate(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await client.end();
  const dataSource = await createDataSource(withDatabase(url, TEMPLATE_DATABASE)).initialize();
  await runMigrations(dataSource);
  await dataSource.destroy();
}

const inputEnded = new Promise((resolve) => process.stdin.resume().once('close', resolve));
const lines: string[] = [];
const directory = await mkdtemp(join(tmpdir(), 'gateway-test-'));
await chmod(directory, 0o755); // run by root, the server's user must reach its data
try {
  const server = await startEmbeddedPostgres({
    dataDirectory: directory,
    settings: SETTINGS,
    log: (line) => lines.push(line),
  });
  try {
    await makeTemplate(server.url);
    process.stdout.write(`${server.url}\n`);
    await inputEnded;
  } finally {
    await server.stop();
  }
} catch (error) {
  process.stderr.write(`${lines.join('\n')}\n`);
  throw error;
} finally {
  await rm(directory, { recursive: true, force: true });
}
