import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Samples, alerts and who is told of them: the SQL file beside this one, in the schema `alerting`. Needs the ledger, which it looks at. */
export class Alerts1763800960000 implements MigrationInterface {
  readonly name = 'Alerts1763800960000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800960000-alerts.sql', import.meta.url), 'utf8'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX ledger.hold_short, ledger.hold_unpriced');
    await queryRunner.query('DROP FUNCTION ledger.is_unpriced');
    await queryRunner.query('DROP SCHEMA alerting CASCADE');
  }
}
