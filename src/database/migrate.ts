import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';

/**
 * The advisory lock under which every migration of ours runs, BullMQ's included (the number is arbitrary; ASCII
 * "aihub"): two nodes that start at once take turns.
 */
export const MIGRATION_LOCK_ID = 0x6169687562;

/**
 * Runs the migrations that the database lacks, all or none. Safe from any number of nodes at once.
 * @returns the names of those that ran now.
 * @throws the database's error; nothing is changed then.
 */
export function runMigrations(dataSource: DataSource): Promise<string[]> {
  return withMigrationLock(dataSource, async (queryRunner) => {
    const executor = new MigrationExecutor(dataSource, queryRunner);
    executor.transaction = 'all';
    const done = await executor.executePendingMigrations();
    return done.map(({ name }) => name);
  });
}

/**
 * Does work that changes the schema while no other node does. The lock belongs to the connection of the given runner,
 * which has no statement timeout meanwhile; it is let go when the work ends or the process dies.
 */
export async function withMigrationLock<T>(
  dataSource: DataSource,
  work: (queryRunner: QueryRunner) => Promise<T>,
): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    await queryRunner.query('SET statement_timeout = 0');
    await queryRunner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK_ID]);
    return await work(queryRunner);
  } finally {
    await unlock(queryRunner);
  }
}

async function unlock(queryRunner: QueryRunner): Promise<void> {
  try {
    await queryRunner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK_ID]);
    await queryRunner.query('RESET statement_timeout');
  } catch {
    // The connection is lost, and with it the lock.
  } finally {
    await queryRunner.release();
  }
}
