import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

type OpenAcceptLanes = (server: object) => Promise<() => void>;

describe('the lanes that accept connections', () => {
  it('bring every connection to the server itself, and none once they are closed', async () => {
    // the build: another process copies the handle, and it runs no TypeScript
    const { openAcceptLanes } = (await import('../../dist/accept-lanes.js' as string)) as {
      openAcceptLanes: OpenAcceptLanes;
    };
    let accepted = 0;
    const server = createServer((socket) => {
      accepted++;
      socket.end('hello');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const closeLanes = await openAcceptLanes(server);

    const greetings = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const socket = connect(port, '127.0.0.1');
        const [greeting] = (await once(socket, 'data')) as [Buffer];
        await once(socket, 'close');
        return greeting.toString();
      }),
    );
    expect(greetings).toEqual(Array(100).fill('hello'));
    expect(accepted).toBe(100);

    closeLanes();
    server.close();
    await once(server, 'close');
    const late = connect(port, '127.0.0.1');
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });
});
