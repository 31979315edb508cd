import type { MigrationInterface, QueryRunner } from 'typeorm';

const BECOME_OWNER = `DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'video.video'::regclass));
END $$`;
const chosen = (field: string) => `(plan->'choices'->choice->>'${field}')`;

/** What the estimates of how long a video takes are read by: the last ones of a kind. */
export class VideoLookups1763800800000 implements MigrationInterface {
  readonly name = 'VideoLookups1763800800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const kind = ['provider', 'model', 'resolution', 'seconds'].map(chosen).join(', ');
    await queryRunner.query(BECOME_OWNER);
    await queryRunner.query(
      `CREATE INDEX video_times ON video.video (${kind}, ended_at DESC) WHERE state = 'completed'`,
    );
    await queryRunner.query('RESET ROLE');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(BECOME_OWNER);
    await queryRunner.query('DROP INDEX video.video_times');
    await queryRunner.query('RESET ROLE');
  }
}
