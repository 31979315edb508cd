import type { MigrationInterface, QueryRunner } from 'typeorm';

const BECOME_OWNER = `DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'video.video'::regclass));
END $$`;

/** What tells whether a stored input is one that a video builds on. */
export class VideoInputs1763800830000 implements MigrationInterface {
  readonly name = 'VideoInputs1763800830000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(BECOME_OWNER);
    await queryRunner.query(
      `CREATE INDEX video_input ON video.video ((input->>'key')) WHERE input IS NOT NULL AND media_deleted_at IS NULL`,
    );
    await queryRunner.query('RESET ROLE');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(BECOME_OWNER);
    await queryRunner.query('DROP INDEX video.video_input');
    await queryRunner.query('RESET ROLE');
  }
}
