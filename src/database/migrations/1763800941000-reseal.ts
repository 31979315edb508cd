import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What puts texts under another key: the SQL file beside this one, in the schemas `ledger` and `video`. */
export class Reseal1763800941000 implements MigrationInterface {
  readonly name = 'Reseal1763800941000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800941000-reseal.sql', import.meta.url), 'utf8'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION video.reseal_steps, ledger.reseal_durable_answers');
  }
}
