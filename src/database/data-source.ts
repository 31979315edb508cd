import { DataSource, type DataSourceOptions } from 'typeorm';
import { MIGRATIONS } from './migrations/migration-list.js';
import { QuietClient } from './quiet-client.js';
import { SilentLogger } from './silent-logger.js';

/** A statement of the application's that runs longer is ended by the server, in milliseconds; migrations lift it. */
const STATEMENT_TIMEOUT_MS = 30_000;

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/**
 * TypeORM's options for a database. Entities come from the modules that own them (`TypeOrmModule.forFeature`), the
 * schema from migrations alone.
 */
export function dataSourceOptions(databaseUrl: string): PostgresOptions {
  return {
    type: 'postgres',
    url: databaseUrl,
    migrations: MIGRATIONS,
    migrationsRun: false,
    migrationsTransactionMode: 'all',
    synchronize: false,
    logger: new SilentLogger(),
    poolSize: 10,
    connectTimeoutMS: 5_000,
    extra: {
      Client: QuietClient,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    },
  };
}

/** A DataSource of its own, not connected yet: for migrations and tests. */
export function createDataSource(databaseUrl: string): DataSource {
  return new DataSource(dataSourceOptions(databaseUrl));
}
