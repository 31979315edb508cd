import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers that outlast the minute of their prompt count in the one in which they end: the SQL file beside this one. */
export class TokenMinutes1763800980000 implements MigrationInterface {
  readonly name = 'TokenMinutes1763800980000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800980000-token-minutes.sql', import.meta.url), 'utf8'));
  }

  /** The functions of the version before let limits be passed. */
  down(): Promise<void> {
    return Promise.reject(new Error('limits are never loosened by a migration; restore a backup'));
  }
}
