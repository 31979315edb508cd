import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client and a server, so that a test can take the server away: at once, or without a sign. */
export interface TcpProxy {
  port: number;
  /** Every connection breaks, and new ones are refused. */
  cut(): void;
  /** Connections stay and new ones come to be, but no byte passes any more. */
  blackhole(): void;
  /** As it was; what was held back in a blackhole is delivered. */
  restore(): void;
  close(): Promise<void>;
}

type Mode = 'open' | 'cut' | 'blackhole';

/** @param target `host:port` of the server */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let mode: Mode = 'open';
  const server = createServer((client) => {
    if (mode === 'cut') return void client.resetAndDestroy();
    const upstream = connect(target.port, target.host);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    join(pair, () => pairs.delete(pair));
    if (mode === 'blackhole') pair.forEach((socket) => socket.pause());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const destroyAll = () => [...pairs].flat().forEach((socket) => socket.resetAndDestroy());
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      mode = 'cut';
      destroyAll();
    },
    blackhole() {
      mode = 'blackhole';
      [...pairs].flat().forEach((socket) => socket.pause());
    },
    restore() {
      mode = 'open';
      [...pairs].flat().forEach((socket) => socket.resume());
    },
    close() {
      destroyAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Passes bytes on both ways; where one side ends, the other does. */
function join([client, upstream]: [Socket, Socket], onEnd: () => void): void {
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on('data', (bytes) => to.write(bytes));
    from.on('error', () => undefined);
    from.on('close', () => {
      to.destroy();
      onEnd();
    });
  }
}
