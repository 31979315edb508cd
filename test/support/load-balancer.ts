import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** How often each node is asked whether it is ready, in milliseconds; Kubernetes asks less often. */
const LOOK_EVERY_MS = 100;

interface Node {
  port: number;
  isReady: boolean;
}

/**
 * Stands before gateways as a load balancer does: each new connection goes to the next node whose /health/ready says 200;
 * connections that there are stay where they are.
 */
export interface LoadBalancer {
  url: string;
  add(node: { url: string }): void;
  /** No look and no connection goes there any more. */
  remove(node: { url: string }): void;
  /** How many nodes take connections. */
  ready(): number;
  close(): Promise<void>;
}

export async function startLoadBalancer(): Promise<LoadBalancer> {
  const nodes = new Map<string, Node>();
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    const open = [...nodes.values()].filter(({ isReady }) => isReady);
    const node = open[turn++ % Math.max(open.length, 1)];
    if (!node) return void client.resetAndDestroy();
    join(client, connect(node.port, '127.0.0.1'), sockets);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const look = () =>
    Promise.all([...nodes].map(async ([url, node]) => (node.isReady = (await isReady(url)) && nodes.has(url))));
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: ({ url }) => void nodes.set(url, { port: Number(new URL(url).port), isReady: false }),
    remove: ({ url }) => void nodes.delete(url),
    ready: () => [...nodes.values()].filter((node) => node.isReady).length,
    close() {
      clearInterval(timer);
      sockets.forEach((socket) => socket.destroy());
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

/** Passes bytes on both ways, as fast as the slower side takes them. */
function join(client: Socket, upstream: Socket, sockets: Set<Socket>): void {
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    sockets.add(from);
    from.setNoDelay(true);
    from.pipe(to);
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      to.destroySoon();
    });
  }
}
