import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Lane } from './lane.js';

/** What a link does to what passes through it. */
export type Trouble =
  | { kind: 'none' }
  /** Every connection breaks, and new ones are refused. */
  | { kind: 'cut' }
  /** Connections stay and new ones come to be, but no byte passes. */
  | { kind: 'blackhole' }
  /** Every byte arrives that much later. */
  | { kind: 'delay'; delayMs: number };

/** A stretch of network between two programs, which can be troubled; what waits in it is bounded by TCP's own windows. */
export class TcpLink {
  private readonly pairs = new Set<[Lane, Lane]>();
  private trouble: Trouble = { kind: 'none' };
  private target: number | undefined;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {
    server.on('connection', (socket) => this.join(socket));
  }

  /** @param target port on this machine; undefined: nobody is there yet */
  static async open(target?: number): Promise<TcpLink> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const link = new TcpLink(server, (server.address() as AddressInfo).port);
    link.target = target;
    return link;
  }

  get isSound(): boolean {
    return this.trouble.kind === 'none';
  }

  /** New connections go there from now on; those that are open stay where they lead. */
  retarget(port: number | undefined): void {
    this.target = port;
  }

  set(trouble: Trouble): void {
    this.trouble = trouble;
    if (trouble.kind === 'cut') this.breakAll();
    else for (const pair of this.pairs) for (const lane of pair) lane.set(trouble);
  }

  /** Every connection breaks now; new ones are welcome. */
  breakAll(): void {
    for (const pair of this.pairs) for (const lane of pair) lane.destroy();
  }

  async close(): Promise<void> {
    this.breakAll();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    if (this.trouble.kind === 'cut' || this.target === undefined) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    const pair: [Lane, Lane] = [new Lane(client, upstream), new Lane(upstream, client)];
    this.pairs.add(pair);
    for (const lane of pair) lane.set(this.trouble);
    client.once('close', () => this.pairs.delete(pair));
  }
}
