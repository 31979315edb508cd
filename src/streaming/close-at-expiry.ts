import { CLOSE_CODES } from './close-codes.js';
import type { SessionSocket } from './stream-session.js';

/** setTimeout's longest delay, 24.8 days; a longer one would end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Closes a connection when its token expires, however far off that is.
 * @returns stops it
 */
export function closeAtExpiry(socket: Pick<SessionSocket, 'close'>, expiresAtMs: number): () => void {
  let timer: NodeJS.Timeout;
  const wait = () => {
    const remainingMs = Math.max(0, expiresAtMs - Date.now());
    timer = setTimeout(remainingMs > LONGEST_TIMER_MS ? wait : close, Math.min(remainingMs, LONGEST_TIMER_MS)).unref();
  };
  const close = () => socket.close(CLOSE_CODES.TOKEN_EXPIRED, 'the token expired: come back with a new one');
  wait();
  return () => clearTimeout(timer);
}
