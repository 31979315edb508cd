import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What users said of a video may go a while after its end: the SQL file beside this one. */
export class VideoTextsKept1763800985000 implements MigrationInterface {
  readonly name = 'VideoTextsKept1763800985000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800985000-video-texts-kept.sql', import.meta.url), 'utf8'));
  }

  /** Texts that are gone don't come back. */
  down(): Promise<void> {
    return Promise.reject(new Error('what was erased is not known any more; restore a backup'));
  }
}
