import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Prompts of cancelled requests stay counted in their minute: the SQL file beside this one. */
export class CancelledPrompts1763800982000 implements MigrationInterface {
  readonly name = 'CancelledPrompts1763800982000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800982000-cancelled-prompts.sql', import.meta.url), 'utf8'));
  }

  /** The function of the version before let limits be passed. */
  down(): Promise<void> {
    return Promise.reject(new Error('limits are never loosened by a migration; restore a backup'));
  }
}
