import { Inject, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import { AuditService } from '../audit/audit.service.js';
import { identityOf, type IdentifiedRequest } from '../auth/request-identity.js';
import { Revocations } from '../auth/revocations/revocations.service.js';
import { AccountWatch } from '../billing/accounts/account-watch.js';
import { untakenBytes } from '../completions/delivery/untaken-bytes.js';
import { StuckSockets } from '../completions/delivery/stuck-sockets.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { traceParentOf } from '../common/http/trace-parent.js';
import { CompletionsService } from '../completions/completions.service.js';
import { StreamMemory } from '../completions/stream-memory.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { UserEventHub } from '../events/user-events.js';
import { ConnectionLimits } from '../limits/connection-limits.js';
import { closeAtExpiry } from './close-at-expiry.js';
import { closeAtRevocation } from './close-at-revocation.js';
import { CLOSE_CODES } from './close-codes.js';
import { closeUnread, farewellOf } from './close-unread.js';
import { Heartbeat } from './heartbeat.js';
import { SocketOutbox, type SocketTransport } from './socket-outbox.js';
import { SocketTraffic } from './socket-traffic.js';
import { StreamSession, type SessionTools } from './stream-session.js';
import { UnfinishedMessages } from './unfinished-messages.js';

const PING_EVERY_MS = 25_000;

const TEXT = { binary: false };
const TOO_MANY_SOCKETS = { code: CLOSE_CODES.TOO_MANY, reason: 'too many connections of this user' };

/** Binds ws to sessions: sockets in, frames through, heartbeat, expiry, and goodbye. The only file that knows ws. */
@WebSocketGateway({ path: '/mcp' })
export class StreamingGateway implements OnGatewayConnection, BeforeApplicationShutdown {
  private readonly logger = new Logger(StreamingGateway.name);
  private readonly sessions = new Set<StreamSession>();
  private readonly heartbeat = new Heartbeat(PING_EVERY_MS);
  private readonly stuck: StuckSockets<SocketOutbox>;
  private readonly tools: SessionTools;

  constructor(
    @Inject(CompletionsService) completions: CompletionsService,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
    @Inject(UserEventHub) events: UserEventHub,
    @Inject(AccountWatch) accounts: AccountWatch,
    @Inject(StreamMemory) private readonly memory: StreamMemory,
    @Inject(SocketTraffic) private readonly traffic: SocketTraffic,
    @Inject(Revocations) private readonly revocations: Revocations,
    @Inject(UnfinishedMessages) private readonly unfinished: UnfinishedMessages,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(ENVIRONMENT) { streams }: Environment,
  ) {
    this.stuck = new StuckSockets(streams.stuckMs, (outbox) => outbox.giveUp());
    this.tools = {
      completions,
      limits,
      events,
      accounts,
      traffic,
      noteRefusal: (error, userId, id) => this.audit.refused(error, { userId, ...(id && { subject: `ws:${id}` }) }),
      reportFault: (error, requestId) => this.logger.error(error, { requestId }),
    };
  }

  handleConnection(socket: WebSocket, request: IncomingMessage & IdentifiedRequest): void {
    const identity = identityOf(request);
    if (!this.limits.openSocket(identity.userId)) {
      this.traffic.refuses('upgrade', 'LIMIT_EXCEEDED');
      this.audit.refused(new GatewayError('LIMIT_EXCEEDED', TOO_MANY_SOCKETS.reason), { userId: identity.userId });
      closeUnread(socket, request.socket, TOO_MANY_SOCKETS);
      return;
    }
    this.traffic.opens();
    const outbox = new SocketOutbox(transportOf(socket, request.socket, this.traffic), this.memory, () =>
      this.heartbeat.heard(socket),
    );
    const session = new StreamSession(outbox, identity, this.tools, traceParentOf(request.headers));
    this.stuck.add(outbox);
    this.sessions.add(session);
    this.heartbeat.add(socket);
    const stopExpiry = closeAtExpiry(socket, identity.expiresAtMs);
    const stopCounting = this.unfinished.watch(request.socket, {
      userId: identity.userId,
      onHeard: () => this.heartbeat.heard(socket),
      onRefused: (refusal) => {
        session.receiveUnread(refusal);
        closeUnread(socket, request.socket, farewellOf(refusal.code));
      },
    });
    socket.on('message', (data, isBinary) => {
      this.traffic.received((data as Buffer).length);
      if (isBinary) session.receiveBinary();
      else void session.receive(textOf(data));
    });
    const stopRevocation = closeAtRevocation(socket, identity, this.revocations, () => {
      socket.removeAllListeners('message');
      session.closed();
    });
    socket.on('close', (code) => {
      this.traffic.closes(code);
      stopExpiry();
      stopCounting();
      stopRevocation();
      this.sessions.delete(session);
      this.heartbeat.remove(socket);
      this.limits.closeSocket(identity.userId);
      this.stuck.remove(outbox);
      outbox.closed();
      session.closed();
    });
  }

  /** Every socket is told to go elsewhere, as soon as the answers that it shows have ended. */
  beforeApplicationShutdown(): void {
    this.heartbeat.stop();
    this.stuck.stop();
    for (const session of this.sessions) session.drain();
  }
}

function transportOf(socket: WebSocket, transport: Socket, traffic: SocketTraffic): SocketTransport {
  return {
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    get untakenBytes() {
      return untakenBytes(transport);
    },
    cork: () => transport.cork(),
    uncork: () => transport.uncork(),
    send: (frame, onTaken) => {
      traffic.sent(frame.length);
      socket.send(frame, TEXT, onTaken);
    },
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  };
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8');
}
