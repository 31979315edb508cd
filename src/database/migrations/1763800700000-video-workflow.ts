import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The steps of video workflows: the SQL file beside this one, in the schema `video`. */
export class VideoWorkflow1763800700000 implements MigrationInterface {
  readonly name = 'VideoWorkflow1763800700000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800700000-video-workflow.sql', import.meta.url), 'utf8'));
  }

  /** Steps have charges of their own, which are not thrown away by a program. */
  down(): Promise<void> {
    return Promise.reject(new Error('workflows are never taken back by a migration; restore a backup instead'));
  }
}
