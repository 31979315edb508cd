import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets reasons be erased of which the seals keep a digest: the SQL file beside this one. */
export class AuditErasure1763800931000 implements MigrationInterface {
  readonly name = 'AuditErasure1763800931000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800931000-audit-erasure.sql', import.meta.url), 'utf8'));
  }

  /** The triggers would have to trust again in rows that were changed. */
  down(): Promise<void> {
    return Promise.reject(new Error('what was erased can not be brought back'));
  }
}
