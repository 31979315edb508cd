import { McpError } from './mcp-error.js';
import type { Socket } from './socket.js';

/** A try to have a socket. */
export interface Opening {
  /** @throws McpError */
  socket: Promise<Socket>;
  /** Nobody wants it any more; `socket` is rejected. */
  abort(): void;
}

/** Opens a socket or gives up in time; a socket that comes too late is let go of. */
export function openInTime(open: (signal: AbortSignal) => Promise<Socket>, withinMs: number): Opening {
  const { signal, abort } = abortable();
  const timer = setTimeout(abort, withinMs);
  const late = new Promise<never>((_resolve, reject) => {
    const error = new McpError('UNREACHABLE', `Nobody answered within ${withinMs} ms.`, { retryable: true });
    signal.addEventListener('abort', () => reject(error));
  });
  const opening = open(signal);
  opening.then(
    (socket) => signal.aborted && socket.abandon(),
    () => undefined,
  );
  const socket = Promise.race([opening, late]).catch((error: unknown) => {
    throw asMcpError(error);
  });
  return { socket: socket.finally(() => clearTimeout(timer)), abort };
}

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

function asMcpError(error: unknown): McpError {
  if (error instanceof McpError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new McpError('UNREACHABLE', message, { retryable: true, cause: error });
}
