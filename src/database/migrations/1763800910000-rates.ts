import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Connections and bad tokens, counted over all nodes: the SQL file beside this one, in the schema `access`. */
export class Rates1763800910000 implements MigrationInterface {
  readonly name = 'Rates1763800910000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800910000-rates.sql', import.meta.url), 'utf8'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE access.rate');
  }
}
