import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Client } from 'pg';
import type { BackupManifest } from '../../src/backup/backup-manifest.js';
import { parsePostmasterFile } from '../../src/database/embedded/postmaster-file.js';

/** What must be the same after a restore as it was when the backup was taken. */
export interface Books {
  balances: unknown[];
  entries: unknown[];
  receipts: unknown[];
  audit: unknown[];
}

/**
 * The books, read past the gateway.
 * @param users those whose answers have all ended
 */
export async function readBooks(databaseUrl: string, users: readonly string[]): Promise<Books> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const rows = async (sql: string) => (await client.query({ text: sql, rowMode: 'array' }, [users])).rows as unknown[];
  try {
    const accounts = `ANY (SELECT 'user:' || u FROM unnest($1::text[]) u)`;
    return {
      balances: await rows(`SELECT id, posted, held, seq FROM ledger.account WHERE id = ${accounts} ORDER BY 1`),
      entries: await rows(`SELECT e::text FROM ledger.entry e WHERE account_id = ${accounts} ORDER BY account_id, seq`),
      receipts: await rows(`SELECT h::text FROM ledger.hold h WHERE account_id = ${accounts} ORDER BY 1`),
      audit: await rows(
        `SELECT e::text FROM audit.event e WHERE subject = ANY ($1) OR subject = ${accounts} ORDER BY id`,
      ),
    };
  } finally {
    await client.end();
  }
}

/** Gives credits to many users that are nobody: the size of a ledger that was in use for a while. */
export async function fillLedger(databaseUrl: string, accounts: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (let from = 0; from < accounts; from += 2_000) {
      await client.query(
        `SELECT count(*) FROM generate_series($1::int, $2::int) n,
         LATERAL ledger.grant_credits(ARRAY['user:filler-' || n], ARRAY['grant'], ARRAY[1000000::bigint])`,
        [from, Math.min(from + 2_000, accounts) - 1],
      );
    }
  } finally {
    await client.end();
  }
}

/** What operators did by commands, in its order. */
export async function operatorActs(databaseUrl: string): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ action: string }>(
      `SELECT action FROM audit.event WHERE starts_with(actor, 'operator:') ORDER BY id`,
    );
    return rows.map(({ action }) => action);
  } finally {
    await client.end();
  }
}

/** Where the embedded database of a data directory listens, while its gateway runs. */
export async function embeddedUrl(dataDirectory: string): Promise<string> {
  const home = join(dataDirectory, 'postgres');
  const { port } = parsePostmasterFile(await readFile(join(home, 'cluster/postmaster.pid'), 'utf8'))!;
  const password = await readFile(join(home, 'password'), 'utf8');
  return `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
}

/** How many seals the audit trail has. */
export async function countSeals(databaseUrl: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>('SELECT count(*)::int FROM audit.seal');
    return rows[0]!.count;
  } finally {
    await client.end();
  }
}

/**
 * Names another actor in the oldest event of a backup, as one would who can write the folder: the file's digest in
 * backup.json is made to fit.
 * @returns the event's id
 */
export function tamperWithTrail(folder: string): string {
  const path = join(folder, 'backup.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as BackupManifest;
  const table = manifest.tables.find(({ schema, name }) => schema === 'audit' && name === 'event')!;
  const [id, actor] = ['id', 'actor'].map((column) => table.columns.indexOf(column)) as [number, number];
  const lines = gunzipSync(readFileSync(join(folder, table.file)))
    .toString()
    .trimEnd()
    .split('\n');
  const rows = lines.map((line) => line.split('\t'));
  const oldest = rows.reduce((one, other) => (BigInt(other[id]!) < BigInt(one[id]!) ? other : one));
  oldest[actor] = 'somebody-else';
  const bytes = gzipSync(`${rows.map((row) => row.join('\t')).join('\n')}\n`);
  writeFileSync(join(folder, table.file), bytes);
  Object.assign(table, { bytes: bytes.length, sha256: sha256(bytes) });
  writeFileSync(path, JSON.stringify(manifest));
  return oldest[id]!;
}

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
