import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Answers that may be given again (src/completions/cache). Unlogged: what a crash loses is asked for anew. The question
 * is stored as a digest alone; `answer` is json, not jsonb: a text may hold any character, U+0000 included.
 */
export class ResponseCache1763800500000 implements MigrationInterface {
  readonly name = 'ResponseCache1763800500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE SCHEMA IF NOT EXISTS cache');
    await queryRunner.query(`
      CREATE UNLOGGED TABLE cache.response (
        question_hash bytea PRIMARY KEY CHECK (octet_length(question_hash) = 32),
        account_id    text NOT NULL,
        answer        json NOT NULL,
        bytes         integer NOT NULL CHECK (bytes > 0),
        expires_at    timestamptz NOT NULL
      )`);
    await queryRunner.query('CREATE INDEX response_expiry ON cache.response (expires_at)');
    await queryRunner.query('CREATE INDEX response_account ON cache.response (account_id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE cache.response');
    await queryRunner.query('DROP SCHEMA cache');
  }
}
