import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Limits hold for a user's very first requests, too: the SQL file beside this one. */
export class NewAccounts1763800920000 implements MigrationInterface {
  readonly name = 'NewAccounts1763800920000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800920000-new-accounts.sql', import.meta.url), 'utf8'));
  }

  /** The function of the version before let limits be passed. */
  down(): Promise<void> {
    return Promise.reject(new Error('limits are never loosened by a migration; restore a backup'));
  }
}
