import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What empties the rows that hold text of a user: the SQL file beside this one, in the schemas `ledger` and `video`. */
export class Erasure1763800940000 implements MigrationInterface {
  readonly name = 'Erasure1763800940000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800940000-erasure.sql', import.meta.url), 'utf8'));
  }

  /** What was erased can't be told from what never was, without its column. */
  down(): Promise<void> {
    return Promise.reject(new Error('erasure is never taken back by a migration; restore a backup'));
  }
}
