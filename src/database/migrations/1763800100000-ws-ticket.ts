import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tickets that open one WebSocket each (src/auth/ws-ticket.store.ts). Unlogged: they live for seconds, and after a
 * crash their holders ask for new ones. `holder` is json, not jsonb: a token's roles may contain any character.
 */
export class WsTicket1763800100000 implements MigrationInterface {
  readonly name = 'WsTicket1763800100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE SCHEMA IF NOT EXISTS auth');
    await queryRunner.query(`
      CREATE UNLOGGED TABLE auth.ws_ticket (
        ticket_hash bytea PRIMARY KEY CHECK (octet_length(ticket_hash) = 32),
        user_id     text NOT NULL,
        holder      json NOT NULL,
        expires_at  timestamptz NOT NULL
      )`);
    await queryRunner.query('CREATE INDEX ws_ticket_user ON auth.ws_ticket (user_id, expires_at)');
    await queryRunner.query('CREATE INDEX ws_ticket_expiry ON auth.ws_ticket (expires_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE auth.ws_ticket');
    await queryRunner.query('DROP SCHEMA auth');
  }
}
