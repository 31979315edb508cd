import { Inject, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import { identityOf, type IdentifiedRequest } from '../auth/request-identity.js';
import { CompletionsService } from '../completions/completions.service.js';
import { ConnectionLimits } from '../limits/connection-limits.js';
import { closeAtExpiry } from './close-at-expiry.js';
import { CLOSE_CODES } from './close-codes.js';
import { Heartbeat } from './heartbeat.js';
import { StreamSession, type SessionSocket, type SessionTools } from './stream-session.js';

const PING_EVERY_MS = 25_000;
/** What may wait in memory for one socket; beyond it the client comes back and resumes from the log. */
const MOST_BUFFERED_BYTES = 16 * 1024 * 1024;

/** Binds ws to sessions: sockets in, frames through, heartbeat, expiry, and goodbye. The only file that knows ws. */
@WebSocketGateway({ path: '/mcp' })
export class StreamingGateway implements OnGatewayConnection, BeforeApplicationShutdown {
  private readonly logger = new Logger(StreamingGateway.name);
  private readonly sessions = new Set<StreamSession>();
  private readonly heartbeat = new Heartbeat(PING_EVERY_MS);
  private readonly tools: SessionTools;

  constructor(
    @Inject(CompletionsService) completions: CompletionsService,
    @Inject(ConnectionLimits) private readonly limits: ConnectionLimits,
  ) {
    this.tools = {
      completions,
      limits,
      reportFault: (error) => this.logger.error(error instanceof Error ? error.stack : error),
    };
  }

  handleConnection(socket: WebSocket, request: IncomingMessage & IdentifiedRequest): void {
    const identity = identityOf(request);
    if (!this.limits.openSocket(identity.userId)) {
      socket.close(CLOSE_CODES.TOO_MANY, 'too many connections of this user');
      return;
    }
    const session = new StreamSession(sessionSocket(socket, request.socket), identity, this.tools);
    this.sessions.add(session);
    this.heartbeat.add(socket);
    const stopExpiry = closeAtExpiry(socket, identity.expiresAtMs);
    socket.on('message', (data, isBinary) => {
      this.heartbeat.heard(socket);
      if (isBinary) session.receiveBinary();
      else void session.receive(textOf(data));
    });
    socket.on('pong', () => this.heartbeat.heard(socket));
    socket.on('close', () => {
      stopExpiry();
      this.sessions.delete(session);
      this.heartbeat.remove(socket);
      this.limits.closeSocket(identity.userId);
      session.closed();
    });
  }

  /** Every socket is told to go elsewhere, as soon as the answers that it shows have ended. */
  beforeApplicationShutdown(): void {
    this.heartbeat.stop();
    for (const session of this.sessions) session.drain();
  }
}

/**
 * What one turn of the event loop sends on a socket goes out in one system call: a commit of the log releases many
 * frames at once, and a call for each of them was the largest part of the gateway's work (docs/performance.md).
 */
function sessionSocket(socket: WebSocket, transport: Socket): SessionSocket {
  let isCorked = false;
  const uncork = () => {
    isCorked = false;
    transport.uncork();
  };
  return {
    send(frames) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MOST_BUFFERED_BYTES) {
        socket.close(CLOSE_CODES.SLOW_CONSUMER, 'reads too slowly: reconnect and resume');
        return;
      }
      if (!isCorked) {
        isCorked = true;
        transport.cork();
        process.nextTick(uncork);
      }
      for (const frame of frames) socket.send(frame);
    },
    close: (code, reason) => socket.close(code, reason),
  };
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8');
}
