import type { ServerResponse } from 'node:http';
import { Outbox, type OutboxTransport } from '../../completions/delivery/outbox.js';
import type { StreamMemory } from '../../completions/stream-memory.js';
import { untakenBytes } from '../../completions/delivery/untaken-bytes.js';

interface ResponseTransport extends OutboxTransport {
  destroy(): void;
}

/** Everything that goes out as one HTTP response, and how much of it the operating system has not taken. */
export class ResponseOutbox extends Outbox<ResponseTransport> {
  constructor(response: ServerResponse, memory: StreamMemory) {
    super(transportOf(response), memory, () => undefined);
  }

  /** A response that has begun has no other way to say that it won't go on. */
  protected hangUp(): void {
    this.transport.destroy();
  }
}

/** `http` corks by itself: what one turn writes goes out in one system call. */
function transportOf(response: ServerResponse): ResponseTransport {
  return {
    get isOpen() {
      return !response.destroyed && !response.writableEnded;
    },
    get untakenBytes() {
      return response.socket ? untakenBytes(response.socket) : 0;
    },
    cork: () => undefined,
    uncork: () => undefined,
    send: (text, onTaken) => void (onTaken ? response.write(text, onTaken) : response.write(text)),
    destroy: () => response.destroy(),
  };
}
