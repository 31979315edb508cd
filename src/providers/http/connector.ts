import { buildConnector, errors } from 'undici';
import { watchForReuse } from './reused-connections.js';

/**
 * undici's way to connect, with a deadline that is kept to the millisecond (undici's own timers are coarse: 1 s may
 * last 1.5 s) and an eye on which sockets are used again. undici's deadline stays behind ours, to end the attempt.
 */
export function exactConnector(timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs });
  return (options, callback) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      callback(new errors.ConnectTimeoutError(`No connection within ${timeoutMs} ms`), null);
    }, timeoutMs);
    connect(options, (...outcome) => {
      clearTimeout(timer);
      const [, socket] = outcome;
      if (isLate) return void socket?.destroy();
      if (socket) watchForReuse(socket);
      callback(...outcome);
    });
  };
}
