import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { BillingModule } from '../billing/billing.module.js';
import { CompletionsModule } from '../completions/completions.module.js';
import { EventsModule } from '../events/events.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { HandshakeService } from './handshake.service.js';
import { SocketTraffic } from './socket-traffic.js';
import { StreamingGateway } from './streaming.gateway.js';
import { UnfinishedMessages } from './unfinished-messages.js';

/** The WebSocket at /mcp. */
@Module({
  imports: [AuditModule, AuthModule, BillingModule, CompletionsModule, EventsModule, LimitsModule],
  providers: [HandshakeService, SocketTraffic, StreamingGateway, UnfinishedMessages],
  exports: [SocketTraffic],
})
export class StreamingModule {}
