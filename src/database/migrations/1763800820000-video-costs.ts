import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a video cost at its provider stands in its row however it ended: the SQL file beside this one. */
export class VideoCosts1763800820000 implements MigrationInterface {
  readonly name = 'VideoCosts1763800820000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800820000-video-costs.sql', import.meta.url), 'utf8'));
  }

  /** An older program calls the function as it does the one before, and never reads what that didn't write. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
