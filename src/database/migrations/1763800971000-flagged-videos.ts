import type { MigrationInterface, QueryRunner } from 'typeorm';

const BECOME_OWNER = `DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'video.video'::regclass));
END $$`;

/** What came of a video that an operator had to look at, and the lists of all users' videos. */
export class FlaggedVideos1763800971000 implements MigrationInterface {
  readonly name = 'FlaggedVideos1763800971000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(BECOME_OWNER);
    await queryRunner.query(
      `ALTER TABLE video.video
         ADD COLUMN resolution text CHECK (resolution IN ('charged', 'not_charged', 'refunded', 'unknown')),
         ADD COLUMN resolution_note text CHECK (octet_length(resolution_note) <= 2000),
         ADD COLUMN resolved_by text COLLATE "C" CHECK (octet_length(resolved_by) BETWEEN 1 AND 160),
         ADD COLUMN resolved_at timestamptz,
         ADD CONSTRAINT video_resolved_whole CHECK ((resolution IS NULL) = (resolved_at IS NULL) AND (resolution IS NULL) = (resolved_by IS NULL))`,
    );
    await queryRunner.query('CREATE INDEX video_newest ON video.video (created_at DESC, id DESC)');
    await queryRunner.query('CREATE INDEX video_flagged ON video.video (created_at DESC, id DESC) WHERE is_flagged');
    await queryRunner.query('RESET ROLE');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(BECOME_OWNER);
    await queryRunner.query('DROP INDEX video.video_newest, video.video_flagged');
    await queryRunner.query(
      `ALTER TABLE video.video DROP COLUMN resolution, DROP COLUMN resolution_note, DROP COLUMN resolved_by, DROP COLUMN resolved_at`,
    );
    await queryRunner.query('RESET ROLE');
  }
}
