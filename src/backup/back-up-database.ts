import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { escapeIdentifier, type Client } from 'pg';
import type { BackedUpTable, BackupManifest } from './backup-manifest.js';
import { CopyOut } from './copy-out.js';
import { partitionsOf, sequencesOf, tablesOf, type TableShape } from './database-shape.js';
import { Digest } from './digest-file.js';
import { tableName } from './table-name.js';
import { QuietClient } from '../database/quiet-client.js';

type DatabasePart = Pick<
  BackupManifest,
  'takenAt' | 'postgresVersion' | 'migrations' | 'tables' | 'partitions' | 'sequences'
>;

/**
 * Copies every table as it was at one moment into `folder`/database, a file each, while everybody works on. Partitions of
 * the log are neither made nor dropped meanwhile: two hours of them are made ahead.
 * @throws the database's error, or the file system's
 */
export async function backUpDatabase(databaseUrl: string, folder: string): Promise<DatabasePart> {
  await mkdir(join(folder, 'database'), { recursive: true, mode: 0o700 });
  const client = new QuietClient({ connectionString: databaseUrl, statement_timeout: 0, application_name: 'backup' });
  await client.connect();
  try {
    // The lock of ledger.maintain: had before the snapshot is taken, or what it drops would be missing from that.
    await client.query(`SELECT pg_advisory_lock(hashtext('ledger.maintain'))`);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<{ at: Date; version: string }>(
      `SELECT clock_timestamp() AS at, current_setting('server_version') AS version`,
    );
    const partitions = await partitionsOf(client);
    const migrations = await migrationsOf(client);
    const tables: BackedUpTable[] = [];
    for (const table of await tablesOf(client)) tables.push(await copyTable(client, folder, table));
    const sequences = await sequencesOf(client);
    await client.query('COMMIT');
    const { at, version } = rows[0]!;
    return { takenAt: at.toISOString(), postgresVersion: version, migrations, tables, partitions, sequences };
  } finally {
    await client.end();
  }
}

async function migrationsOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
  return rows.map(({ name }) => name);
}

async function copyTable(
  client: Client,
  folder: string,
  { schema, name, columns }: TableShape,
): Promise<BackedUpTable> {
  const file = `database/${schema}.${name}.copy.gz`;
  const list = columns.map((column) => escapeIdentifier(column)).join(', ');
  const rows = client.query(new CopyOut(`COPY (SELECT ${list} FROM ${tableName({ schema, name })}) TO STDOUT`));
  const digest = new Digest();
  const target = createWriteStream(join(folder, file), { mode: 0o600, flags: 'wx', flush: true });
  await pipeline(rows, createGzip({ level: 3 }), digest, target);
  return { schema, name, columns, rows: rows.rows, file, bytes: digest.bytes, sha256: digest.sha256() };
}
