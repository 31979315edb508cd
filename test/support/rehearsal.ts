import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
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

/** Where the embedded database of a data directory listens, while its gateway runs. */
export async function embeddedUrl(dataDirectory: string): Promise<string> {
  const home = join(dataDirectory, 'postgres');
  const { port } = parsePostmasterFile(await readFile(join(home, 'cluster/postmaster.pid'), 'utf8'))!;
  const password = await readFile(join(home, 'password'), 'utf8');
  return `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
}

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
