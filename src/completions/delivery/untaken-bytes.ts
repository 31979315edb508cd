import type { Socket } from 'node:net';

/** The handle of a socket, as `net` itself reads it for its timeouts. */
interface SocketWithHandle {
  _handle?: { writeQueueSize?: number } | null;
}

/** What was written to a socket that the kernel has not taken. */
export function untakenBytes(socket: Socket): number {
  return (socket as SocketWithHandle)._handle?.writeQueueSize ?? 0;
}
