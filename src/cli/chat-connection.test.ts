import { jest } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { openConnection, UnreachableError } from './chat-connection.js';

let server: WebSocketServer;
let url: string;
beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
});
afterEach(() => server.close());

describe('a connection of the chat command', () => {
  test('that finds nobody fails at once with the reason, and was never lost', async () => {
    await new Promise((resolve) => server.close(resolve));
    const onLost = jest.fn();
    const failure: unknown = await openConnection(url, 't', { onFrame: () => undefined, onLost }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(UnreachableError);
    expect((failure as Error).message).toBe('ECONNREFUSED');
    await new Promise(setImmediate);
    expect(onLost).not.toHaveBeenCalled();
  });

  test('that was open tells how it was lost', async () => {
    server.on('connection', (socket) => socket.close(1001, 'goodbye'));
    const lost = await new Promise((resolve, reject) => {
      openConnection(url, 't', { onFrame: () => undefined, onLost: resolve }).catch(reject);
    });
    expect(lost).toBe('1001 goodbye');
  });
});
