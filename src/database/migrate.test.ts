import type { DataSource } from 'typeorm';
import { createEmptyDatabase, type TestDatabase } from '../../test/support/database.js';
import { createDataSource } from './data-source.js';
import { MIGRATION_LOCK_ID, runMigrations, withMigrationLock } from './migrate.js';
import { MIGRATIONS } from './migrations/migration-list.js';

describe('runMigrations', () => {
  let database: TestDatabase;
  const dataSources: DataSource[] = [];
  const connect = async () => {
    const dataSource = await createDataSource(database.url).initialize();
    dataSources.push(dataSource);
    return dataSource;
  };

  beforeEach(async () => (database = await createEmptyDatabase()));
  afterEach(async () => {
    await Promise.all(dataSources.splice(0).map((dataSource) => dataSource.destroy()));
    await database.drop();
  });

  it('has nothing to do the second time', async () => {
    const dataSource = await connect();
    await runMigrations(dataSource);
    expect(await runMigrations(dataSource)).toEqual([]);
  });

  it('runs each migration once when three nodes start at the same time on an empty database', async () => {
    const nodes = await Promise.all([connect(), connect(), connect()]);
    const names = (await Promise.all(nodes.map(runMigrations))).flat();
    expect(names).toHaveLength(MIGRATIONS.length);
    expect(new Set(names).size).toBe(MIGRATIONS.length);
    expect(await nodes[0].query('SELECT * FROM ledger.audit')).toEqual([]);
  });

  it('leaves the role, the search path and the statement timeout of the connection as they were', async () => {
    const dataSource = await connect();
    const look = () =>
      withMigrationLock(dataSource, (runner) =>
        runner.query(`SELECT current_user AS who, current_setting('search_path') AS path`),
      );
    const before: unknown = await look();
    await runMigrations(dataSource);
    expect(await look()).toEqual(before);
    expect(await dataSource.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '30s' }]);
  });

  it('changes nothing where a migration fails', async () => {
    const dataSource = await connect();
    await dataSource.query('CREATE SCHEMA ledger');
    await expect(runMigrations(dataSource)).rejects.toThrow(/schema "ledger" already exists/);
    expect(await dataSource.query('SELECT * FROM migrations').catch(() => [])).toEqual([]);
    expect(await dataSource.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'ledger'`)).toEqual([]);
  });

  it('waits for whoever else holds the lock, and lets it go even where the work fails', async () => {
    const dataSource = await connect();
    await expect(withMigrationLock(dataSource, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const order: string[] = [];
    await Promise.all(
      ['first', 'second'].map((name) =>
        withMigrationLock(dataSource, async (runner) => {
          order.push(`${name} in`);
          await runner.query('SELECT 1');
          order.push(`${name} out`);
        }),
      ),
    );
    expect(order).toHaveLength(4);
    expect(order[0]!.split(' ')[0]).toBe(order[1]!.split(' ')[0]);
    const held = await dataSource.query(
      `SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
       WHERE l.locktype = 'advisory' AND l.objid = $1`,
      [MIGRATION_LOCK_ID % 2 ** 32],
    );
    expect(held).toEqual([]);
  });
});
