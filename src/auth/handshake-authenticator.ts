import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { bearerToken } from './bearer-token.js';
import type { Identity } from './identity.js';
import { isOriginAllowed } from './origin-rule.js';
import { TokenAttempts } from './token-attempts.js';
import { CLAIM_RULES } from './token-verifier.js';
import type { ClaimRules } from './token-claims.js';
import { WsTicketStore } from './ws-ticket.store.js';

/** The one subprotocol that the gateway speaks and echoes; a ticket travels as a second one and is never echoed. */
export const WEBSOCKET_SUBPROTOCOL = 'mcp.v1';
const TICKET_PREFIX = 'ticket.';

/** What an upgrade request says about who sends it. Its URL is not here: a token in a query string is not looked at. */
export interface Handshake {
  headers: IncomingHttpHeaders;
  /** The subprotocols that the client offers, in its order. */
  protocols: Iterable<string>;
  remoteAddress: string;
}

/** Authenticates a WebSocket before its handshake, so that a refusal is a plain HTTP answer (docs/protocol.md, "Identity"). */
@Injectable()
export class HandshakeAuthenticator {
  private readonly logger = new Logger(HandshakeAuthenticator.name);

  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(CLAIM_RULES) private readonly rules: ClaimRules,
    private readonly attempts: TokenAttempts,
    private readonly tickets: WsTicketStore,
  ) {}

  /**
   * By `Authorization: Bearer` or, without it, by a ticket among the subprotocols, which is used up.
   * @throws GatewayError FORBIDDEN for an origin that is not allowed, or a user that is shut out; UNAUTHORIZED; VALIDATION_ERROR for tickets
   * offered in a way that can't work; RATE_LIMIT_EXCEEDED, UNAVAILABLE as TokenAttempts.verify does.
   */
  async authenticate(handshake: Handshake): Promise<Identity> {
    try {
      this.assertOrigin(handshake.headers);
      const token = bearerToken(handshake.headers);
      if (token !== undefined) return await this.attempts.verify(token, handshake.remoteAddress);
      const ticket = offeredTicket([...handshake.protocols]);
      return await this.attempts.attempt(handshake.remoteAddress, () => this.redeem(ticket));
    } catch (error) {
      // A browser shows its page no reason for a refused upgrade: the log is where it can be found.
      const reason = error instanceof GatewayError ? `${error.code}: ${error.message}` : String(error);
      this.logger.debug(`Refused a WebSocket from ${handshake.remoteAddress}: ${reason}`);
      throw error;
    }
  }

  private assertOrigin(headers: IncomingHttpHeaders): void {
    const { publicUrl, allowedOrigins } = this.environment.http;
    if (isOriginAllowed(headers.origin, { host: headers.host, publicUrl, allowedOrigins })) return;
    throw new GatewayError(
      'FORBIDDEN',
      "Pages of this origin may not connect; the operator's ALLOWED_ORIGINS says which may.",
    );
  }

  private async redeem(ticket: string): Promise<Identity> {
    const holder = await this.tickets.redeem(ticket);
    if (holder.expiresAtMs <= Date.now()) {
      throw new GatewayError('UNAUTHORIZED', 'The token that the ticket was issued for has expired; use a new one.');
    }
    this.rules.assertAdmitted(holder);
    return { ...holder, capabilities: this.rules.capabilitiesOf(holder.roles) };
  }
}

function offeredTicket(protocols: string[]): string {
  const [ticket, ...others] = protocols.filter((protocol) => protocol.startsWith(TICKET_PREFIX));
  if (ticket === undefined) {
    throw new GatewayError(
      'UNAUTHORIZED',
      `A token is missing: send 'Authorization: Bearer <token>', or offer a ticket of POST /api/mcp/ws-ticket as subprotocols '${WEBSOCKET_SUBPROTOCOL}', '${TICKET_PREFIX}<ticket>'.`,
    );
  }
  if (others.length > 0) throw new GatewayError('VALIDATION_ERROR', 'More than one ticket is offered; offer one.');
  if (!protocols.includes(WEBSOCKET_SUBPROTOCOL)) {
    throw new GatewayError(
      'VALIDATION_ERROR',
      `A ticket needs the subprotocol '${WEBSOCKET_SUBPROTOCOL}' offered beside it.`,
    );
  }
  return ticket.slice(TICKET_PREFIX.length);
}
