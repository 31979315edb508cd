import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from '../../support/eventually.js';
import { TcpLink } from './tcp-link.js';

describe('a link', () => {
  let echo: Server;
  let link: TcpLink;
  let client: Socket;
  let received: string;

  beforeEach(async () => {
    echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    link = await TcpLink.open((echo.address() as AddressInfo).port);
    client = await dial();
  });
  afterEach(async () => {
    client.destroy();
    await link.close();
    echo.close();
  });

  async function dial(): Promise<Socket> {
    received = '';
    const socket = connect(link.port, '127.0.0.1');
    socket.on('data', (bytes) => (received += bytes.toString())).on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }
  const closed = (socket: Socket) => eventually(() => expect(socket.destroyed).toBe(true), 2_000);
  const arrives = (text: string) => eventually(() => expect(received).toBe(text), 2_000);

  it('passes bytes both ways', async () => {
    client.write('hello');
    await arrives('hello');
  });

  it('holds everything back in a blackhole, and delivers it in order after it', async () => {
    client.write('1');
    await arrives('1');
    link.set({ kind: 'blackhole' });
    client.write('2');
    await expect(eventually(() => expect(received).not.toBe('1'), 200)).rejects.toThrow();
    link.set({ kind: 'none' });
    client.write('3');
    await arrives('123');
  });

  it('delays bytes each way and keeps their order when the delay ends', async () => {
    link.set({ kind: 'delay', delayMs: 60 });
    const begunMs = performance.now();
    client.write('1');
    await arrives('1');
    expect(performance.now() - begunMs).toBeGreaterThanOrEqual(115);
    client.write('2');
    link.set({ kind: 'none' });
    client.write('3');
    await arrives('123');
  });

  it('breaks every connection when it is cut, and refuses new ones until it is whole again', async () => {
    link.set({ kind: 'cut' });
    await closed(client);
    const refused = connect(link.port, '127.0.0.1').on('error', () => undefined);
    await closed(refused);
    link.set({ kind: 'none' });
    client = await dial();
    client.write('back');
    await arrives('back');
  });

  it('passes a large answer on to a slow reader whole', async () => {
    const text = 'x'.repeat(4_000_000);
    client.pause();
    client.write(text);
    setTimeout(() => client.resume(), 50);
    await eventually(() => expect(received).toHaveLength(text.length), 5_000);
  });
});
