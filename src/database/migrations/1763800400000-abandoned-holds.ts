import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Holds that their owner can't end, and locks in order: the SQL file beside this one, in the schema `ledger`. */
export class AbandonedHolds1763800400000 implements MigrationInterface {
  readonly name = 'AbandonedHolds1763800400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800400000-abandoned-holds.sql', import.meta.url), 'utf8'));
  }

  /** The book of record is not thrown away by a program. */
  down(): Promise<void> {
    return Promise.reject(new Error('the ledger is never taken back by a migration; restore a backup instead'));
  }
}
