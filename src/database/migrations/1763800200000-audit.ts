import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit trail: the SQL file beside this one, in the schema `audit`. Needs the ledger, whose closed holds it records. */
export class Audit1763800200000 implements MigrationInterface {
  readonly name = 'Audit1763800200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800200000-audit.sql', import.meta.url), 'utf8'));
  }

  /** A trail that a program can drop is none. */
  down(): Promise<void> {
    return Promise.reject(new Error('the audit trail is never dropped by a migration; restore a backup instead'));
  }
}
