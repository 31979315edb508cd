import { CLOSE_CODES } from './close-codes.js';

/** How long a peer that did not answer may take to say goodbye. */
const GOODBYE_MS = 1_000;

/** What the heartbeat needs of a socket. */
export interface HeartbeatSocket {
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** Pings every socket and closes those from which nothing came since the last ping. */
export class Heartbeat {
  private readonly sockets = new Map<HeartbeatSocket, { isAlive: boolean }>();
  private readonly timer: NodeJS.Timeout;

  constructor(everyMs: number) {
    this.timer = setInterval(() => this.beat(), everyMs).unref();
  }

  add(socket: HeartbeatSocket): void {
    this.sockets.set(socket, { isAlive: true });
  }

  /** Something came from the socket, or was taken by it. */
  heard(socket: HeartbeatSocket): void {
    const state = this.sockets.get(socket);
    if (state) state.isAlive = true;
  }

  remove(socket: HeartbeatSocket): void {
    this.sockets.delete(socket);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    for (const [socket, state] of this.sockets) {
      if (state.isAlive) {
        state.isAlive = false;
        socket.ping();
      } else {
        socket.close(CLOSE_CODES.SILENT, 'no answer to a ping');
        setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
      }
    }
  }
}
