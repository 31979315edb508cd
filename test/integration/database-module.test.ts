import { join } from 'node:path';
import { Global, Inject, Injectable, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { ConfigModule } from '../../src/config/config.module.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { DatabaseServer } from '../../src/database/database-server.js';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { findPostmaster } from '../../src/database/embedded/postmaster.js';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import { makeDataFolder } from '../support/test-folders.js';
import { createTestDatabase } from '../support/database.js';
import { SHARED_SECRETS } from '../support/tokens.js';

const farewells: string[] = [];

@Injectable()
class LastWords implements OnApplicationShutdown {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LedgerPool) private readonly ledgerPool: LedgerPool,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.query('SELECT 1');
    await this.ledgerPool.query('last-words', 'SELECT 1');
    farewells.push('said');
  }
}

@Module({ providers: [LastWords] })
class OrdinaryModule {}

@Global()
@Module({ providers: [LastWords] })
class GlobalModule {}

const appWith = (variables: Record<string, string>) =>
  Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(parseEnvironment({ ...SHARED_SECRETS, ...variables })),
      DatabaseModule.forRoot(),
      OrdinaryModule,
      GlobalModule,
    ],
  }).compile();

describe('DatabaseModule', () => {
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => farewells.splice(0));

  it('starts an embedded server, migrates it and stops it after every module has had its last words', async () => {
    const folder = await makeDataFolder();
    const app = await (await appWith({ DATA_DIR: folder.path })).init();
    const { url, isEmbedded } = app.get(DatabaseServer);
    expect(isEmbedded).toBe(true);
    expect(await app.get(LedgerPool).query('audit', 'SELECT * FROM ledger.audit')).toEqual([]);
    await app.close();
    expect(farewells).toEqual(['said', 'said']);
    await expect(new Client({ connectionString: url }).connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await folder.remove();
  });

  it('uses the configured server and leaves it running', async () => {
    const database = await createTestDatabase();
    const app = await (await appWith({ DATABASE_URL: database.url })).init();
    expect(app.get(DatabaseServer)).toMatchObject({ url: database.url, isEmbedded: false });
    await app.close();
    expect(farewells).toEqual(['said', 'said']);
    await database.drop();
  });

  it('serves two applications of one process, one after the other', async () => {
    const database = await createTestDatabase();
    for (let round = 0; round < 2; round++) {
      const app = await (await appWith({ DATABASE_URL: database.url })).init();
      await expect(app.get(LedgerPool).ping()).resolves.toBeUndefined();
      await app.close();
    }
    await database.drop();
  });

  it('stops the embedded server again where it can not be migrated', async () => {
    const folder = await makeDataFolder();
    const server = await startEmbeddedPostgres({ dataDirectory: folder.path, log: () => undefined });
    await run(server.url, 'CREATE SCHEMA ledger');
    await server.stop();
    await expect(appWith({ DATA_DIR: folder.path })).rejects.toThrow('schema "ledger" already exists');
    expect(await findPostmaster(join(folder.path, 'postgres/cluster'))).toBeUndefined();
    await folder.remove();
  });
});

async function run(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}
