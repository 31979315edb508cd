import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';

const HANDSHAKE_WITHIN_MS = 3_000;

/**
 * One socket of one user, as raw as can be: it mends nothing, hides nothing, and hands every frame to whoever watches
 * its id.
 */
export class Line {
  /** Who watches which id; an id is watched once at a time here. */
  private readonly watchers = new Map<string, (raw: string) => void>();
  /** Ids that were ever asked for here: frames of others are none of ours. */
  private readonly asked = new Set<string>();
  readonly closed: Promise<void>;
  isOpen = true;

  private constructor(
    private readonly socket: WebSocket,
    readonly node: string,
    private readonly onForeign: (raw: string) => void,
  ) {
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.isOpen = false;
        resolve();
      });
    });
    socket.on('error', () => undefined);
    socket.on('message', (data) => this.receive(data));
  }

  /** @throws Error where nobody answers, or the upgrade is refused */
  static async open(address: string, node: string, token: string, onForeign: (raw: string) => void): Promise<Line> {
    const socket = new WebSocket(`ws://${address}/mcp`, {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_WITHIN_MS,
    });
    const line = new Line(socket, node, onForeign);
    await once(socket, 'open');
    return line;
  }

  /** Whether this id was asked for here before: a second asking would take the place of the first. */
  knows(id: string): boolean {
    return this.asked.has(id);
  }

  /** Every frame of the id goes to `watcher`; undefined: nobody wants them any more. */
  watch(id: string, watcher: ((raw: string) => void) | undefined): void {
    this.asked.add(id);
    if (watcher) this.watchers.set(id, watcher);
    else this.watchers.delete(id);
  }

  send(frame: object): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  pause(): void {
    if (this.isOpen) this.socket.pause();
  }

  resume(): void {
    if (this.isOpen) this.socket.resume();
  }

  /** Gone without a goodbye. */
  drop(): void {
    this.isOpen = false;
    this.socket.terminate();
  }

  private receive(data: RawData): void {
    const raw = (data as Buffer).toString('utf8');
    const { id } = JSON.parse(raw) as { id: string };
    const watcher = this.watchers.get(id);
    if (watcher) watcher(raw);
    else if (!this.asked.has(id)) this.onForeign(raw);
  }
}
