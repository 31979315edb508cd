import type { Socket } from 'node:net';

/** Faults of sockets that had already brought an answer when they failed. */
const faultsOfUsedSockets = new WeakSet<object>();

/**
 * Remembers the fault of a socket that fails after it brought an earlier answer. Called before undici listens to the
 * socket itself, so the mark is there when the fault reaches the request.
 */
export function watchForReuse(socket: Socket): void {
  socket.on('error', (fault: Error) => {
    if (socket.bytesRead > 0) faultsOfUsedSockets.add(fault);
  });
}

/**
 * Whether a request that got no headers failed on a connection that had been used before: the server may only have
 * closed an idle connection at that moment. undici's own "other side closed" carries the socket's counters.
 */
export function isOnReusedConnection(fault: unknown): boolean {
  if (typeof fault !== 'object' || fault === null) return false;
  if (faultsOfUsedSockets.has(fault)) return true;
  const { socket } = fault as { socket?: { bytesRead?: number } };
  return (socket?.bytesRead ?? 0) > 0;
}
