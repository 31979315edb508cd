import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Videos and their life: the SQL file beside this one, in the schema `video`. */
export class Video1763800600000 implements MigrationInterface {
  readonly name = 'Video1763800600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800600000-video.sql', import.meta.url), 'utf8'));
  }

  /** A video that was paid for is not thrown away by a program. */
  down(): Promise<void> {
    return Promise.reject(new Error('videos are never taken back by a migration; restore a backup instead'));
  }
}
