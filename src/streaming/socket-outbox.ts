import { Outbox, type OutboxTransport } from '../completions/delivery/outbox.js';
import { CLOSE_CODES } from './close-codes.js';
import type { SessionSocket } from './stream-session.js';

/** What an outbox needs of a socket. */
export interface SocketTransport extends OutboxTransport {
  close(code: number, reason: string): void;
  /** Ends the connection without a goodbye. */
  terminate(): void;
}

/** A client that asks on and on and does not read what it is told. */
const MOST_WAITING_ANSWERS = 1024 * 1024;
/** How long a stuck peer may take to say goodbye; it hardly ever will. */
const GOODBYE_MS = 3_000;

/** Everything that goes out on one WebSocket. */
export class SocketOutbox extends Outbox<SocketTransport> implements SessionSocket {
  /** For what belongs to no stream. */
  private readonly ownLane = this.openLane();

  send(frames: readonly string[]): void {
    this.hand(frames, this.ownLane);
    if (this.ownLane.waitingBytes > MOST_WAITING_ANSWERS) this.giveUp();
  }

  close(code: number, reason: string): void {
    this.transport.close(code, reason);
  }

  protected hangUp(): void {
    this.transport.close(CLOSE_CODES.SLOW_CONSUMER, 'reads too slowly: reconnect and resume');
    setTimeout(() => this.transport.terminate(), GOODBYE_MS).unref();
  }
}
