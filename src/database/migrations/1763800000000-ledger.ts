import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The ledger and the stream log: the SQL file beside this one, in the schema `ledger`. */
export class Ledger1763800000000 implements MigrationInterface {
  readonly name = 'Ledger1763800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800000000-ledger.sql', import.meta.url), 'utf8'));
  }

  /** The book of record is not thrown away by a program. */
  down(): Promise<void> {
    return Promise.reject(new Error('the ledger is never dropped by a migration; restore a backup instead'));
  }
}
