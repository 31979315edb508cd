import { Global, Inject, Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { dataSourceOptions } from './data-source.js';
import { DatabaseServer } from './database-server.js';
import { LedgerPool } from './ledger-pool.js';
import { runMigrations } from './migrate.js';

const logger = new Logger('Database');
const log = (line: string) => logger.log(line);

/** The server first: who else needs its address gets it from here. */
@Module({
  providers: [
    {
      provide: DatabaseServer,
      useFactory: (environment: Environment) => DatabaseServer.start(environment, log),
      inject: [ENVIRONMENT],
    },
  ],
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
      retryAttempts: 0,
    }),
    dataSourceFactory: async (options) => connect(options as DataSourceOptions),
  });

/** Connects and brings the schema up to date: nothing else may see the database before that. */
async function connect(options: DataSourceOptions): Promise<DataSource> {
  const dataSource = await new DataSource(options).initialize();
  const names = await runMigrations(dataSource);
  if (names.length > 0) log(`migrated: ${names.join(', ')}`);
  return dataSource;
}

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
      useFactory: (server: DatabaseServer, _migrated: DataSource) =>
        new LedgerPool({ connectionString: server.url, log }),
      inject: [DatabaseServer, DataSource],
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
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
    await this.server.stop();
  }
}
