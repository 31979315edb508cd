import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { TEMPLATE_DATABASE, TEST_SERVER_VARIABLE, withDatabase } from './database-names.js';

export interface TestDatabase {
  /** A database of its own on the run's server. */
  url: string;
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>;
}

/** SQLSTATE object_in_use: somebody else copies the template at this moment. */
const OBJECT_IN_USE = '55006';
const PAUSE_MS = 20;

/** Makes a migrated database for one test file or one test; about 50 ms. */
export const createTestDatabase = (): Promise<TestDatabase> => createDatabase(TEMPLATE_DATABASE);

/** Makes a database without any tables, for tests of the migrations themselves. */
export const createEmptyDatabase = (): Promise<TestDatabase> => createDatabase('template0');

async function createDatabase(template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await copyTemplate(template, name);
  return {
    url: withDatabase(serverUrl(), name),
    drop: () => onServer((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

async function copyTemplate(template: string, name: string): Promise<void> {
  for (;;) {
    try {
      return await onServer((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== OBJECT_IN_USE) throw error;
      await delay(PAUSE_MS);
    }
  }
}

async function onServer(work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  const url = process.env[TEST_SERVER_VARIABLE];
  if (!url) throw new Error('no test database server: run the tests through npm test');
  return url;
}
