import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../../test/support/eventually.js';
import { Heartbeat } from './heartbeat.js';

describe('the heartbeat', () => {
  let server: WebSocketServer;
  let heartbeat: Heartbeat;
  let pongs = 0;

  beforeEach(async () => {
    pongs = 0;
    heartbeat = new Heartbeat(60);
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (socket) => {
      heartbeat.add(socket);
      socket.on('pong', () => {
        pongs++;
        heartbeat.heard(socket);
      });
      socket.on('message', () => heartbeat.heard(socket));
      socket.on('close', () => heartbeat.remove(socket));
    });
  });
  afterEach(() => {
    heartbeat.stop();
    for (const socket of server.clients) socket.terminate();
    server.close();
  });

  const connect = async (options: { autoPong: boolean }) => {
    const { port } = server.address() as AddressInfo;
    const client = new WebSocket(`ws://127.0.0.1:${port}`, options);
    await once(client, 'open');
    return client;
  };

  it('keeps a peer that answers pings', async () => {
    const client = await connect({ autoPong: true });
    await eventually(() => expect(pongs).toBeGreaterThan(4));
    expect(client.readyState).toBe(WebSocket.OPEN);
  });

  it('closes a peer with 4408 that answers nothing', async () => {
    const client = await connect({ autoPong: false });
    const [code] = (await once(client, 'close')) as [number];
    expect(code).toBe(4408);
  });
});
