import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { GatewayError } from '../common/errors/gateway-error.js';
import { orUnavailable } from '../database/or-unavailable.js';
import type { Identity } from './identity.js';

export const TICKET_LIFETIME_SECONDS = 30;
export const MAXIMUM_TICKETS_PER_USER = 20;
/** Expired tickets removed with each new one: more than are added, so the table can't grow. */
const SWEEP_ROWS = 100;

/** What a ticket stands for; capabilities follow from the roles where it is redeemed. */
export type TicketHolder = Pick<Identity, 'userId' | 'roles' | 'expiresAtMs' | 'tokenId'>;

/**
 * Sweeps expired tickets, drops the user's oldest so that with the new one the maximum remains, and stores the new
 * one. Rows that another statement has locked are left to it: two issues or an issue and a redemption never wait for
 * each other in a circle, and the maximum holds again with the next issue. The arrays are read once, whatever the plan.
 */
const ISSUE = `
  WITH swept AS (
    DELETE FROM auth.ws_ticket WHERE ticket_hash = ANY (ARRAY(
      SELECT ticket_hash FROM auth.ws_ticket WHERE expires_at <= now() LIMIT ${SWEEP_ROWS} FOR UPDATE SKIP LOCKED))
  ), dropped AS (
    DELETE FROM auth.ws_ticket WHERE ticket_hash = ANY (ARRAY(
      SELECT ticket_hash FROM auth.ws_ticket WHERE user_id = $2
      ORDER BY expires_at DESC OFFSET ${MAXIMUM_TICKETS_PER_USER - 1} FOR UPDATE SKIP LOCKED))
  )
  INSERT INTO auth.ws_ticket (ticket_hash, user_id, holder, expires_at)
  VALUES ($1, $2, $3, now() + interval '${TICKET_LIFETIME_SECONDS} seconds')`;

const REDEEM = 'DELETE FROM auth.ws_ticket WHERE ticket_hash = $1 AND expires_at > now() RETURNING holder';

/** Tickets in PostgreSQL: issued by one node, redeemed by any, once. Only their hashes are stored. */
@Injectable()
export class WsTicketStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * A new ticket: 256 random bits as 43 characters that a WebSocket subprotocol may contain.
   * @throws GatewayError UNAVAILABLE where the database can't be reached
   */
  async issue({ userId, roles, expiresAtMs, tokenId }: TicketHolder): Promise<string> {
    const ticket = randomBytes(32).toString('base64url');
    const holder: TicketHolder = { userId, roles, expiresAtMs, ...(tokenId === undefined ? {} : { tokenId }) };
    await orUnavailable(this.dataSource.query(ISSUE, [hash(ticket), userId, JSON.stringify(holder)]));
    return ticket;
  }

  /**
   * Uses a ticket up. Of concurrent redemptions, on any nodes, one wins: the row is deleted and read in one statement.
   * @throws GatewayError UNAUTHORIZED where the ticket is unknown, used or expired; UNAVAILABLE as `issue`
   */
  async redeem(ticket: string): Promise<TicketHolder> {
    const redemption = this.dataSource.query<[{ holder: TicketHolder }[], number]>(REDEEM, [hash(ticket)]);
    const [rows] = await orUnavailable(redemption);
    if (rows[0]) return rows[0].holder;
    throw new GatewayError(
      'UNAUTHORIZED',
      `The ticket is unknown, was used before or is older than ${TICKET_LIFETIME_SECONDS} seconds; ask for a new one with POST /api/mcp/ws-ticket.`,
    );
  }
}

const hash = (ticket: string): Buffer => createHash('sha256').update(ticket).digest();
