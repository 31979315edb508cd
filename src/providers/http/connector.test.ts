import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { exactConnector } from './connector.js';
import { isOnReusedConnection } from './reused-connections.js';

type Outcome = { error: Error; socket: null } | { error: null; socket: Socket };

function connect(connector: buildConnector.connector, port: number, hostname = '127.0.0.1'): Promise<Outcome> {
  return new Promise((resolve) =>
    connector({ hostname, host: hostname, protocol: 'http:', port: String(port) }, (...[error, socket]) =>
      resolve({ error, socket } as Outcome),
    ),
  );
}

describe('exactConnector', () => {
  let server: Server;
  let port: number;

  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('connects', async () => {
    const { error, socket } = await connect(exactConnector(1000), port);
    expect(error).toBeNull();
    socket?.destroy();
  });

  it('tells at once that nobody listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect((await connect(exactConnector(1000), port)).error).toMatchObject({ code: 'ECONNREFUSED' });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  it('gives up when its time is over and closes a connection that comes later', async () => {
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const connecting = connect(exactConnector(1), port);
    const busyUntilMs = Date.now() + 20;
    while (Date.now() < busyUntilMs); // the timer is due before the connection is seen
    expect((await connecting).error).toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT' });
    const socket = await accepted;
    await new Promise((resolve) => socket.once('close', resolve).resume());
  });

  it.each([
    ['nothing', '', false],
    ['an answer', 'HTTP/1.1 200 OK\r\n\r\n', true],
  ])('knows whether a socket that fails had brought %s', async (_what, answer, isReused) => {
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const { socket } = await connect(exactConnector(1000), port);
    const peer = await accepted;
    if (answer !== '') {
      const arrived = new Promise((resolve) => socket?.once('data', resolve));
      peer.write(answer);
      await arrived;
    }
    const fault = new Promise<Error>((resolve) => socket?.once('error', resolve));
    socket?.resume();
    peer.resetAndDestroy();
    expect(isOnReusedConnection(await fault)).toBe(isReused);
  });
});
