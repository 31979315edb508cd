import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Streams that are to stop, and durable requests: the SQL file beside this one, in the schema `ledger`. */
export class Survival1763800300000 implements MigrationInterface {
  readonly name = 'Survival1763800300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800300000-survival.sql', import.meta.url), 'utf8'));
  }

  /** The book of record is not thrown away by a program. */
  down(): Promise<void> {
    return Promise.reject(new Error('the ledger is never taken back by a migration; restore a backup instead'));
  }
}
