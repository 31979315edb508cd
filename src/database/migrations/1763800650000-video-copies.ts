import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often a video's bytes were begun to be copied: each copy has files of its own, so that none replaces another's. */
export class VideoCopies1763800650000 implements MigrationInterface {
  readonly name = 'VideoCopies1763800650000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE video.video ADD COLUMN copies int NOT NULL DEFAULT 0');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE video.video DROP COLUMN copies');
  }
}
