import { buildConnector } from 'undici';

/** Faults of sockets that had already carried an answer when they failed. */
const faultsOfUsedSockets = new WeakSet<object>();

/**
 * An undici connector that remembers which sockets failed after they had brought an earlier answer. Our listener is
 * on the socket before undici's own, so the mark is there when the error reaches the request.
 */
export function reuseAwareConnector(connectTimeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: connectTimeoutMs });
  return (options, callback) =>
    connect(options, (...outcome) => {
      const [, socket] = outcome;
      socket?.on('error', (error: Error) => {
        if (socket.bytesRead > 0) faultsOfUsedSockets.add(error);
      });
      callback(...outcome);
    });
}

/**
 * Whether a request that got no headers failed on a connection that had been used before: the server may only have
 * closed an idle connection at that moment. undici's own "other side closed" carries the socket's counters.
 */
export function isOnReusedConnection(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (faultsOfUsedSockets.has(error)) return true;
  const { socket } = error as { socket?: { bytesRead?: number } };
  return (socket?.bytesRead ?? 0) > 0;
}
