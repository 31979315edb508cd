import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Seals over the audit trail and the ledger: the SQL file beside this one, in the schema `audit`. */
export class AuditSeals1763800930000 implements MigrationInterface {
  readonly name = 'AuditSeals1763800930000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800930000-audit-seals.sql', import.meta.url), 'utf8'));
  }

  /** Without its seals the trail could be changed unseen. */
  down(): Promise<void> {
    return Promise.reject(new Error('the seals of the audit trail are never dropped by a migration; restore a backup'));
  }
}
