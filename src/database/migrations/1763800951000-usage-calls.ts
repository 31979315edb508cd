import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What providers count of it: the SQL file beside this one. Usage is counted anew from the holds. */
export class UsageCalls1763800951000 implements MigrationInterface {
  readonly name = 'UsageCalls1763800951000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800951000-usage-calls.sql', import.meta.url), 'utf8'));
  }

  /** Stays: the migration before it takes all of usage away, and this one may run again. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
