import type { TcpSocketConnectOpts } from 'node:net';
import { buildConnector, errors } from 'undici';
import { Watchdog } from '../../common/watchdog.js';
import { watchForReuse } from './reused-connections.js';

/** undici's own deadline, far behind ours: it only ends an attempt that we have given up on. */
const UNDICI_EXTRA_MS = 10_000;

/**
 * undici's way to connect, with a deadline that is kept to the millisecond (undici's own timers are coarse: 1 s may
 * last 1.5 s) but not held against a provider while our own process is busy, and an eye on which sockets are used again.
 */
export function exactConnector(
  timeoutMs: number,
  options: Pick<TcpSocketConnectOpts, 'lookup'> = {},
): buildConnector.connector {
  const connect = buildConnector({ ...options, timeout: timeoutMs + UNDICI_EXTRA_MS });
  return (options, callback) => {
    let isLate = false;
    const watchdog = new Watchdog(() => {
      isLate = true;
      callback(new errors.ConnectTimeoutError(`No connection within ${timeoutMs} ms`), null);
    });
    watchdog.expectWithin(timeoutMs);
    connect(options, (...outcome) => {
      watchdog.stop();
      const [, socket] = outcome;
      if (isLate) return void socket?.destroy();
      if (socket) watchForReuse(socket);
      callback(...outcome);
    });
  };
}
