import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What reports of usage read: the SQL file beside this one, in the schema `usage`. Needs the ledger, whose closed holds it counts. */
export class Usage1763800950000 implements MigrationInterface {
  readonly name = 'Usage1763800950000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800950000-usage.sql', import.meta.url), 'utf8'));
  }

  /** It can be made anew from the holds. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER hold_counted ON ledger.hold');
    await queryRunner.query('DROP SCHEMA usage CASCADE');
  }
}
