import type { Socket } from 'node:net';
import type { ErrorCode } from '../common/errors/error-codes.js';
import { CLOSE_CODES } from './close-codes.js';

/** How long the goodbye may take to be read. */
const GOODBYE_MS = 1_000;

export interface Farewell {
  code: number;
  reason: string;
}

/** Why a message is not read to its end. */
const FAREWELLS: Partial<Record<ErrorCode, Farewell>> = {
  LIMIT_EXCEEDED: { code: CLOSE_CODES.TOO_MANY, reason: 'too much is sent by this user at once' },
  QUEUE_OVERFLOW: { code: CLOSE_CODES.OVERLOADED, reason: 'too much is sent to this node at once' },
};
const TOO_SLOW: Farewell = { code: CLOSE_CODES.SILENT, reason: 'the message was not sent in time' };

/** @param why what its sender is told */
export function farewellOf(why: ErrorCode): Farewell {
  return FAREWELLS[why] ?? TOO_SLOW;
}

/**
 * Closes a socket whatever is still on its way: ws would read on, and keep it, until the client has said goodbye. What
 * comes is dropped, not left unread: a client that is hung up on so would lose the goodbye.
 * @param transport that the socket stands on
 */
export function closeUnread(
  socket: { close(code: number, reason: string): void; terminate(): void },
  transport: Socket,
  { code, reason }: Farewell,
): void {
  transport.removeAllListeners('data').resume();
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
}
