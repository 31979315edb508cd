import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Videos cancelled too late count; what no wait changes is told so: the SQL file beside this one. */
export class NeverWithin1763800981000 implements MigrationInterface {
  readonly name = 'NeverWithin1763800981000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800981000-never-within.sql', import.meta.url), 'utf8'));
  }

  /** The functions of the version before let limits be passed. */
  down(): Promise<void> {
    return Promise.reject(new Error('limits are never loosened by a migration; restore a backup'));
  }
}
