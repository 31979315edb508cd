import { readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What operators said of providers' circuits: the SQL file beside this one, in the schema `operations`. */
export class CircuitOrders1763800970000 implements MigrationInterface {
  readonly name = 'CircuitOrders1763800970000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await readFile(new URL('./1763800970000-circuit-orders.sql', import.meta.url), 'utf8'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP SCHEMA operations CASCADE');
  }
}
