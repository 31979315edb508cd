import { Controller, Header, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../common/http/api-errors.js';
import { Authenticated, CurrentIdentity } from './auth.decorators.js';
import type { Identity } from './identity.js';
import { TICKET_LIFETIME_SECONDS, WsTicketStore } from './ws-ticket.store.js';

/** The answer to a request for a ticket. */
export class WsTicketResponse {
  @ApiProperty({ description: "Offered once as WebSocket subprotocol: ['mcp.v1', 'ticket.<ticket>']" })
  ticket!: string;

  @ApiProperty({
    description: 'Seconds within which it must be used',
    type: 'integer',
    example: TICKET_LIFETIME_SECONDS,
  })
  expiresIn!: number;
}

/** Tickets for browsers, whose WebSocket can't send an Authorization header. */
@ApiTags('identity')
@Controller('api/mcp/ws-ticket')
export class WsTicketController {
  constructor(private readonly tickets: WsTicketStore) {}

  @Post()
  @Authenticated()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'A ticket that opens one WebSocket as the holder of the token' })
  @ApiCreatedResponse({ type: WsTicketResponse })
  @ApiErrors('UNAUTHORIZED', 'UNAVAILABLE')
  async issue(@CurrentIdentity() identity: Identity): Promise<WsTicketResponse> {
    return { ticket: await this.tickets.issue(identity), expiresIn: TICKET_LIFETIME_SECONDS };
  }
}
