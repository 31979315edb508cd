import { Global, Inject, Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { answerWithin } from '../common/answer-within.js';
import { createDataSource, dataSourceOptions } from './data-source.js';
import { DatabaseServer } from './database-server.js';
import { LedgerPool } from './ledger-pool.js';
import { runMigrations } from './migrate.js';

const logger = new Logger('Database');
/** A network that is gone must not keep the process from ending. */
const CLOSES_WITHIN_MS = 2_000;
const log = (line: string) => logger.log(line);

/** The server, migrated: nothing else may see the database before that. */
async function startMigrated(environment: Environment): Promise<DatabaseServer> {
  const server = await DatabaseServer.start(environment, log);
  try {
    await migrate(server.url);
    return server;
  } catch (error) {
    await server.stop(); // no application comes to be, so nobody else will
    throw error;
  }
}

async function migrate(url: string): Promise<void> {
  const dataSource = await createDataSource(url).initialize();
  try {
    const names = await runMigrations(dataSource);
    if (names.length > 0) log(`migrated: ${names.join(', ')}`);
  } finally {
    await dataSource.destroy();
  }
}

@Module({
  providers: [{ provide: DatabaseServer, useFactory: startMigrated, inject: [ENVIRONMENT] }],
  exports: [DatabaseServer],
})
class DatabaseServerModule {}

const typeOrm = () =>
  TypeOrmModule.forRootAsync({
    imports: [DatabaseServerModule],
    inject: [DatabaseServer],
    useFactory: (server: DatabaseServer) => ({
      ...dataSourceOptions(server.url),
      autoLoadEntities: true,
      toRetry: () => false, // it was there a moment ago
    }),
  });

/**
 * The database for everyone: `DataSource` and `LedgerPool`, migrated. Import it before every other module (the first
 * global one is shut down last); what others must still write at a shutdown they write in `onModuleDestroy`,
 * `beforeApplicationShutdown` or `onApplicationShutdown`: the connections and, last of all, the embedded server are
 * closed after them.
 */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(DatabaseServer) private readonly server: DatabaseServer,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LedgerPool) private readonly ledgerPool: LedgerPool,
  ) {}

  static forRoot(): DynamicModule {
    const typeOrmModule = typeOrm();
    const ledgerPool = {
      provide: LedgerPool,
      useFactory: (server: DatabaseServer) => new LedgerPool({ connectionString: server.url, log }),
      inject: [DatabaseServer],
    };
    return {
      module: DatabaseModule,
      imports: [DatabaseServerModule, typeOrmModule],
      providers: [ledgerPool],
      exports: [LedgerPool, DatabaseServerModule, typeOrmModule],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.ledgerPool.close();
    if (this.dataSource.isInitialized)
      await answerWithin(this.dataSource.destroy(), CLOSES_WITHIN_MS).catch(() => undefined);
    await this.server.stop();
  }
}
