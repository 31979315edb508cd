import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { WEBSOCKET_SUBPROTOCOL } from '../auth/handshake-authenticator.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { HandshakeService } from './handshake.service.js';
import { refuseUpgrade } from './refuse-upgrade.js';

/**
 * Nest's adapter for ws, changed in three ways: who connects is authenticated before the handshake, refusals are plain
 * HTTP answers with a JSON body, and frames are read by the gateway alone (Nest's own dispatch drops bad ones silently).
 */
export class AuthenticatingWsAdapter extends WsAdapter {
  constructor(private readonly app: INestApplication) {
    super(app);
  }

  override create(port: number, options: Record<string, unknown>): unknown {
    return super.create(port, {
      ...options,
      maxPayload: this.handshakes.maxFrameBytes,
      perMessageDeflate: false,
      clientTracking: true,
      handleProtocols: (offered: Set<string>) => (offered.has(WEBSOCKET_SUBPROTOCOL) ? WEBSOCKET_SUBPROTOCOL : false),
    });
  }

  override bindMessageHandlers(): void {
    // The gateway reads the raw socket.
  }

  protected override ensureHttpServerExists(port: number, httpServer?: Server): Server | undefined {
    if (!httpServer || this.httpServersRegistry.has(port)) return undefined;
    this.httpServersRegistry.set(port, httpServer);
    httpServer.on(
      'upgrade',
      (request: IncomingMessage, socket: Duplex, head: Buffer) => void this.upgrade(port, request, socket, head),
    );
    return httpServer;
  }

  private get handshakes(): HandshakeService {
    return this.app.get(HandshakeService);
  }

  private async upgrade(port: number, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const ignoreReset = () => socket.destroy();
    socket.on('error', ignoreReset);
    try {
      const server = this.serverFor(port, request);
      await this.handshakes.admit(request);
      if (socket.destroyed) return;
      socket.off('error', ignoreReset);
      server.handleUpgrade(
        request,
        socket,
        head,
        (client: WebSocket) => void server.emit('connection', client, request),
      );
    } catch (error) {
      refuseUpgrade(socket, GatewayError.from(error));
    }
  }

  private serverFor(port: number, request: IncomingMessage): WebSocketServer {
    const path = (request.url ?? '').split('?', 1)[0];
    const servers = (this.wsServersRegistry.get(port) ?? []) as (WebSocketServer & { path: string })[];
    const server = servers.find((each) => each.path === path);
    if (!server) throw new GatewayError('NOT_FOUND', 'No WebSocket is served here; connect to /mcp.');
    return server;
  }
}
