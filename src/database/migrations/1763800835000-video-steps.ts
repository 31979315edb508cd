import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The end of a video says of which job it is: the SQL file beside this one. */
export class VideoSteps1763800835000 implements MigrationInterface {
  readonly name = 'VideoSteps1763800835000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800835000-video-steps.sql', import.meta.url), 'utf8'));
  }

  /** An older program calls the function without a job, as it does the one before. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
