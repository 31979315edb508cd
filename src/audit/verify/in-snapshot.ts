import type { QueryResult } from 'pg';
import type { RunQuery } from '../run-query.js';
import { QuietClient } from '../../database/quiet-client.js';

/**
 * Reads the database as it is at one moment, on a connection of its own without a time limit.
 * @throws the database's error
 */
export async function inSnapshot<T>(connectionString: string, work: (query: RunQuery) => Promise<T>): Promise<T> {
  const client = new QuietClient({ connectionString, connectionTimeoutMillis: 10_000, statement_timeout: 0 });
  client.on('error', () => undefined); // the query that runs tells it
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await work(async <R extends object>(sql: string, values: readonly unknown[] = []) => {
      const result: QueryResult<R> = await client.query<R>(sql, values as unknown[]);
      return result.rows;
    });
  } finally {
    await client.end();
  }
}
