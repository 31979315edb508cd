import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { escapeIdentifier, type Client } from 'pg';
import { createDataSource } from '../database/data-source.js';
import { runMigrations } from '../database/migrate.js';
import { MIGRATIONS } from '../database/migrations/migration-list.js';
import { QueueSchema } from '../queue/queue-schema.service.js';
import type { BackedUpTable, BackupManifest, Partition } from './backup-manifest.js';
import { CopyIn } from './copy-in.js';
import { partitionsOf, referencesOf, tablesOf, triggersOf, type TriggerShape } from './database-shape.js';
import { parentsFirst } from './parents-first.js';
import { tableName } from './table-name.js';
import { QuietClient } from '../database/quiet-client.js';

const QUEUE_SCHEMA = 'bullmq';

/** A row of `ledger.audit`: something that does not add up. */
export interface LedgerFault {
  what: string;
  account_id: string | null;
  request_id: string | null;
}

/**
 * Fills an empty database with what was backed up: its tables are made by the migrations that had
 * run then (later ones run at the next start), its rows are copied in one transaction.
 * @returns what the ledger's own audit says of it; empty where all adds up
 * @throws Error where this version can't make those tables, or where anything can't be copied
 */
export async function restoreDatabase(
  databaseUrl: string,
  folder: string,
  manifest: BackupManifest,
): Promise<LedgerFault[]> {
  const client = new QuietClient({ connectionString: databaseUrl, statement_timeout: 0, application_name: 'restore' });
  await client.connect();
  try {
    await makeTables(databaseUrl, manifest);
    await client.query('BEGIN');
    await fill(client, folder, manifest);
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return (await client.query<LedgerFault>('SELECT what, account_id, request_id FROM ledger.audit LIMIT 100')).rows;
  } finally {
    await client.end();
  }
}

/** @throws Error where the database has any table */
export async function assertEmptyDatabase(databaseUrl: string): Promise<void> {
  const client = new QuietClient({ connectionString: databaseUrl });
  await client.connect();
  const [found] = await tablesOf(client).finally(() => client.end());
  if (found) throw new Error(`The database is not empty: it has ${found.schema}.${found.name}; restore into a new one`);
}

/** @throws Error where a migration had run that this version does not have */
async function makeTables(databaseUrl: string, { migrations, tables }: BackupManifest): Promise<void> {
  const known = MIGRATIONS.map((migration): string => new migration().name);
  const unknown = migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `The backup is of a later version: it has the migrations ${unknown.join(', ')}; restore it with that`,
    );
  const dataSource = createDataSource(databaseUrl).setOptions({
    migrations: MIGRATIONS.filter((_, index) => migrations.includes(known[index]!)),
  });
  await dataSource.initialize();
  try {
    await runMigrations(dataSource);
    if (tables.some(({ schema }) => schema === QUEUE_SCHEMA)) await new QueueSchema(dataSource).migrate();
  } finally {
    await dataSource.destroy();
  }
}

/** What the migrations put into their tables themselves makes way. */
async function fill(client: Client, folder: string, manifest: BackupManifest): Promise<void> {
  const made = new Map((await tablesOf(client)).map((table) => [tableName(table), table.columns]));
  for (const table of manifest.tables) assertFits(table, made.get(tableName(table)));
  const triggers = await triggersOf(client);
  for (const trigger of triggers) await setTrigger(client, trigger, 'D');
  await client.query(`TRUNCATE ${[...made.keys()].join(', ')}`);
  await makePartitions(client, manifest.partitions);
  const byName = new Map(manifest.tables.map((table) => [tableName(table), table]));
  for (const name of parentsFirst([...byName.keys()], await referencesOf(client)))
    await copyTable(client, folder, byName.get(name)!);
  for (const { schema, name, lastValue, isCalled } of manifest.sequences)
    await client.query('SELECT setval($1, $2, $3)', [tableName({ schema, name }), lastValue, isCalled]);
  for (const trigger of triggers) await setTrigger(client, trigger, trigger.fires);
}

function assertFits({ schema, name, columns }: BackedUpTable, made: string[] | undefined): void {
  const isSame = made !== undefined && [...made].sort().join() === [...columns].sort().join();
  if (!isSame)
    throw new Error(
      `${schema}.${name} of the backup is not as this version makes it; restore it with the version that made it`,
    );
}

/** Those of the log's hours that are gone or not come yet by now; the others are there. */
async function makePartitions(client: Client, partitions: Partition[]): Promise<void> {
  const there = new Set((await partitionsOf(client)).map(tableName));
  for (const partition of partitions) {
    if (there.has(tableName(partition))) continue;
    await client.query(`CREATE TABLE ${tableName(partition)} PARTITION OF ${partition.parent} ${partition.bound}`);
  }
}

async function copyTable(client: Client, folder: string, table: BackedUpTable): Promise<void> {
  const columns = table.columns.map((column) => escapeIdentifier(column)).join(', ');
  const rows = client.query(new CopyIn(`COPY ${tableName(table)} (${columns}) FROM STDIN`));
  await pipeline(createReadStream(join(folder, table.file)), createGunzip(), rows);
  if (rows.rows !== table.rows)
    throw new Error(`${table.schema}.${table.name}: ${rows.rows} rows came in, ${table.rows} were backed up`);
}

const MODES = { O: 'ENABLE', A: 'ENABLE ALWAYS', R: 'ENABLE REPLICA', D: 'DISABLE' } as const;

/** Append-only tables forbid what a restore does, and its rows were checked and noted when they came to be. */
async function setTrigger(client: Client, { schema, table, name }: TriggerShape, fires: TriggerShape['fires']) {
  await client.query(
    `ALTER TABLE ${tableName({ schema, name: table })} ${MODES[fires]} TRIGGER ${escapeIdentifier(name)}`,
  );
}
