import { loadEnvironment } from '../config/env.js';
import { createDataSource } from '../database/data-source.js';
import { DatabaseServer } from '../database/database-server.js';
import { runMigrations } from '../database/migrate.js';
import { explainStartFailure } from '../database/start-failure.js';
import { QueueSchema } from '../queue/queue-schema.service.js';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/**
 * `node dist/cli/migrate.js`: brings the database up to date and ends, for a deployment that does it before it replaces
 * processes. They do the same at their start, and take turns.
 */
async function main(): Promise<void> {
  const environment = loadEnvironment();
  try {
    const server = await DatabaseServer.start(environment, say);
    try {
      await migrate(server.url, environment.redisUrl === undefined);
    } finally {
      await server.stop();
    }
  } catch (error) {
    process.stderr.write(
      `The database can't be migrated: ${explainStartFailure(error, environment.databaseUrl !== undefined)}\n`,
    );
    process.exitCode = 1;
  }
}

/** @param hasJobs whether the jobs are in this database too */
async function migrate(url: string, hasJobs: boolean): Promise<void> {
  const dataSource = await createDataSource(url).initialize();
  try {
    const names = await runMigrations(dataSource);
    if (hasJobs) await new QueueSchema(dataSource).migrate();
    say(names.length > 0 ? `migrated: ${names.join(', ')}` : 'up to date');
  } finally {
    await dataSource.destroy();
  }
}

await main();
