import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Upscales at what their frames cost: the SQL file beside this one. Usage is counted anew from the holds. */
export class UsageFrames1763800952000 implements MigrationInterface {
  readonly name = 'UsageFrames1763800952000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800952000-usage-frames.sql', import.meta.url), 'utf8'));
  }

  /** Stays: the migration before it takes all of usage away, and this one may run again. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
