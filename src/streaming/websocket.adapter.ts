import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket, WebSocketServer } from 'ws';
import { WEBSOCKET_SUBPROTOCOL } from '../auth/handshake-authenticator.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { HandshakeService } from './handshake.service.js';
import { CLOSE_CODES } from './close-codes.js';
import { ignoreUpgrade } from './ignore-upgrade.js';
import { refuseUpgrade } from './refuse-upgrade.js';
import { SocketTraffic } from './socket-traffic.js';
import { asksForWebSocket, handshakeFault, pathOf, type HandshakeFault } from './websocket-handshake.js';

/** How long a client may take to answer the goodbye. */
const FAREWELL_MS = 2_000;

/**
 * Nest's adapter for ws, changed in five ways: who connects is authenticated before the handshake, refusals are plain
 * HTTP answers with a JSON body, upgrades to anything but a WebSocket are ignored, frames are read by the gateway alone (Nest's own dispatch drops bad ones silently), and
 * what a client does wrong is no error in the log.
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

  /** For every socket, from its first moment on: an 'error' that nobody listens to would end the process. */
  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (client) => {
      client.on('error', (error) => this.logger.debug(`A socket failed: ${error.message}`));
    });
    return server.on('error', (error) => this.logger.error(error.message, error.stack));
  }

  /** Lets what was sent last, and the goodbye, arrive: Nest's own way is to terminate every socket at once. */
  override async close(server: WebSocketServer): Promise<void> {
    const farewells = [...server.clients].map((client) => farewell(client));
    const grace = new AbortController();
    await Promise.race([Promise.all(farewells), delay(FAREWELL_MS, undefined, { signal: grace.signal })]);
    grace.abort();
    await super.close(server);
  }

  protected override ensureHttpServerExists(port: number, httpServer?: Server): Server | undefined {
    if (!httpServer || this.httpServersRegistry.has(port)) return undefined;
    this.httpServersRegistry.set(port, httpServer);
    httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      asksForWebSocket(request)
        ? void this.upgrade(port, request, socket, head).catch(() => socket.destroy()) // it could not even be refused
        : ignoreUpgrade(httpServer, request, socket, head),
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
      const fault = handshakeFault(request);
      if (fault) return this.refuse(socket, new GatewayError('VALIDATION_ERROR', fault.message), fault);
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
      this.refuse(socket, GatewayError.from(error));
    }
  }

  private refuse(socket: Duplex, error: GatewayError, answer?: HandshakeFault): void {
    this.app.get(SocketTraffic).refuses('upgrade', error.code);
    refuseUpgrade(socket, error, answer);
  }

  private serverFor(port: number, request: IncomingMessage): WebSocketServer {
    const path = pathOf(request);
    const servers = (this.wsServersRegistry.get(port) ?? []) as (WebSocketServer & { path: string })[];
    const server = servers.find((each) => each.path === path);
    if (!server) throw new GatewayError('NOT_FOUND', 'No WebSocket is served here; connect to /mcp.');
    return server;
  }
}

/** Resolves when the socket is closed, however that came about. */
function farewell(client: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    client.once('close', () => resolve());
    client.close(CLOSE_CODES.DRAINING, 'the node is shutting down: reconnect and resume');
  });
}
