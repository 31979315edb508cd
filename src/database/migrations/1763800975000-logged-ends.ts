import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An answer's last frames are logged in the commit that ends it: the SQL file beside this one. */
export class LoggedEnds1763800975000 implements MigrationInterface {
  readonly name = 'LoggedEnds1763800975000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800975000-logged-ends.sql', import.meta.url), 'utf8'));
  }

  /** An older program logs them before. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION ledger.log_and_finish_batch');
  }
}
