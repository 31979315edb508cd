/** So many looks within the time that a socket may be stuck. */
const LOOKS = 10;

/** What can be stuck. */
export interface Stickable {
  isStuck(nowMs: number, stuckMs: number): boolean;
}

/** Looks after sockets whose peers stop reading. */
export class StuckSockets<Socket extends Stickable> {
  private readonly sockets = new Set<Socket>();
  private readonly timer: NodeJS.Timeout;

  /** @param onStuck is told of each once */
  constructor(
    private readonly stuckMs: number,
    private readonly onStuck: (socket: Socket) => void,
  ) {
    this.timer = setInterval(() => this.look(), stuckMs / LOOKS).unref();
  }

  add(socket: Socket): void {
    this.sockets.add(socket);
  }

  remove(socket: Socket): void {
    this.sockets.delete(socket);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const nowMs = performance.now();
    for (const socket of this.sockets) {
      if (!socket.isStuck(nowMs, this.stuckMs)) continue;
      this.sockets.delete(socket);
      this.onStuck(socket);
    }
  }
}
