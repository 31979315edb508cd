import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Limits and revocations, looked at where credits are held: the SQL file beside this one, in the schema `access`. */
export class Access1763800900000 implements MigrationInterface {
  readonly name = 'Access1763800900000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800900000-access.sql', import.meta.url), 'utf8'));
  }

  /** Whoever was shut out would be let in again. */
  down(): Promise<void> {
    return Promise.reject(new Error('limits and revocations are never taken back by a migration; restore a backup'));
  }
}
