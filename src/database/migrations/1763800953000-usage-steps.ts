import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Videos of two steps count at both of their providers: the SQL file beside this one. There were none before. */
export class UsageSteps1763800953000 implements MigrationInterface {
  readonly name = 'UsageSteps1763800953000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800953000-usage-steps.sql', import.meta.url), 'utf8'));
  }

  /** Stays: an older program writes nothing that it would count in another way. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
