import { Client } from 'pg';
import { createDataSource } from '../../src/database/data-source.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import { runMigrations } from '../../src/database/migrate.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';

/** Roles belong to a whole server, so these tests have one of their own. */
describe('the roles of the ledger, installed by an ordinary role', () => {
  let folder: TestFolder;
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    folder = await makeDataFolder();
    server = await startEmbeddedPostgres({ dataDirectory: folder.path, log: () => undefined });
  });
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  it('may create roles: the hot path runs as gateway_app and the tables belong to nobody who logs in', async () => {
    const url = await databaseOwnedBy('creator', 'CREATEROLE');
    expect(await install(url)).toEqual({ role: 'gateway_app', owner: 'ledger_owner', granted: 5n });
  });

  it('may not create roles: everything belongs to the one role, and works', async () => {
    const url = await databaseOwnedBy('plain', 'NOCREATEROLE');
    expect(await install(url)).toEqual({ role: 'plain', owner: 'plain', granted: 5n });
  });

  async function databaseOwnedBy(name: string, right: string): Promise<string> {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret' ${right}`);
    await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
    await client.end();
    return `postgresql://${name}:secret@127.0.0.1:${server.port}/${name}`;
  }
});

async function install(url: string) {
  const dataSource = await createDataSource(url).initialize();
  await runMigrations(dataSource);
  await dataSource.destroy();
  const pool = new LedgerPool({ connectionString: url });
  try {
    const grant = `SELECT balance FROM ledger.grant_credits(ARRAY['user:ann'], ARRAY['first'], ARRAY[5]::bigint[])`;
    const [granted] = await pool.query<{ balance: bigint }>('grant', grant);
    const [who] = await pool.query<{ role: string; owner: string }>(
      'who',
      `SELECT current_user::text AS role, tableowner::text AS owner FROM pg_tables WHERE schemaname = 'ledger' AND tablename = 'account'`,
    );
    return { ...who, granted: granted?.balance };
  } finally {
    await pool.close();
  }
}
