import type { ServerResponse } from 'node:http';
import { ChunkedEvents } from './chunked-events.js';
import { Outbox, type OutboxTransport } from '../../completions/delivery/outbox.js';
import type { StreamMemory } from '../../completions/stream-memory.js';
import { untakenBytes } from '../../completions/delivery/untaken-bytes.js';

interface ResponseTransport extends OutboxTransport {
  /** Set once the headers of a stream are out. */
  events?: ChunkedEvents;
  end(): void;
  destroy(): void;
}

/** Everything that goes out as one HTTP response, and how much of it the operating system has not taken. */
export class ResponseOutbox extends Outbox<ResponseTransport> {
  constructor(
    private readonly response: ServerResponse,
    memory: StreamMemory,
  ) {
    super(transportOf(response), memory, () => undefined);
  }

  /** The headers of a stream were just written; events follow. */
  beginEvents(): void {
    this.transport.events = new ChunkedEvents(this.response);
  }

  /** Nothing follows. */
  end(): void {
    this.transport.end();
  }

  /** A response that has begun has no other way to say that it won't go on. */
  protected hangUp(): void {
    this.transport.destroy();
  }
}

/** `http` corks by itself: what one turn writes goes out in one system call. */
function transportOf(response: ServerResponse): ResponseTransport {
  const transport: ResponseTransport = {
    get isOpen() {
      return !response.destroyed && !response.writableEnded;
    },
    get untakenBytes() {
      return response.socket ? untakenBytes(response.socket) : 0;
    },
    cork: () => undefined,
    uncork: () => undefined,
    send(text, onTaken) {
      if (transport.events) transport.events.write(text, onTaken);
      else if (onTaken) response.write(text, onTaken);
      else response.write(text);
    },
    end: () => (transport.events ? transport.events.end() : void response.end()),
    destroy: () => void response.destroy(),
  };
  return transport;
}
