import type { MigrationInterface, QueryRunner } from 'typeorm';

const BECOME_OWNER = `DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'video.video'::regclass));
END $$`;

/** For how long a video has waited for the provider that it is to be ordered at, and how often that one didn't know its job. */
export class VideoPatience1763800810000 implements MigrationInterface {
  readonly name = 'VideoPatience1763800810000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(BECOME_OWNER);
    await queryRunner.query(
      'ALTER TABLE video.video ADD COLUMN refused_since timestamptz, ADD COLUMN times_unknown int NOT NULL DEFAULT 0',
    );
    await queryRunner.query('RESET ROLE');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(BECOME_OWNER);
    await queryRunner.query('ALTER TABLE video.video DROP COLUMN refused_since, DROP COLUMN times_unknown');
    await queryRunner.query('RESET ROLE');
  }
}
