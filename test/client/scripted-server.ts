import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';

/** What a client sent. */
export interface SentFrame {
  id: string;
  lastSeq?: number;
  type?: string;
  cancel?: boolean;
  channel?: string;
}

export interface ScriptedSocket {
  /** Which socket of the test this is, from 0. */
  index: number;
  send(...frames: object[]): void;
  close(code: number, reason?: string): void;
}

/** A server that does to the client what a gateway would not do on demand. */
export interface ScriptedServer {
  url: string;
  /** Everything that came, over all sockets. */
  received: SentFrame[];
  close(): Promise<void>;
}

/**
 * @param onFrame answers what the client sends
 * @param refuse an HTTP answer to the upgrade, by the number of the try from 0; undefined lets it in
 */
export async function startScriptedServer(
  onFrame: (frame: SentFrame, socket: ScriptedSocket) => void,
  refuse: (index: number) => { status: number; body: string; headers?: string } | undefined = () => undefined,
): Promise<ScriptedServer> {
  const received: SentFrame[] = [];
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  let tries = 0;
  let opened = 0;
  server.on('upgrade', (request, connection, head) => {
    const refusal = refuse(tries++);
    if (!refusal) return sockets.handleUpgrade(request, connection, head, (socket) => begin(socket, opened++));
    const { status, body, headers = '' } = refusal;
    connection.end(`HTTP/1.1 ${status} No\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`);
  });
  const begin = (socket: WebSocket, index: number) => {
    const scripted: ScriptedSocket = {
      index,
      send: (...frames) => frames.forEach((frame) => socket.send(JSON.stringify(frame))),
      close: (code, reason) => socket.close(code, reason),
    };
    socket.on('message', (data: RawData) => {
      const frame = JSON.parse((data as Buffer).toString()) as SentFrame;
      received.push(frame);
      onFrame(frame, scripted);
    });
  };
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    received,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
