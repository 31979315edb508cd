import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';

/** What processes tell one another. Small JSON, which names things by id. */
export interface ControlMessages {
  /** A stream was asked to stop; whoever runs it looks at its hold now rather than at its next poll. */
  'stream-stop': { accountId: string; requestId: string };
  /** Something happened to a user, for whoever of that user listens, on whichever node. */
  'user-event': { userId: string; channel: string; event: string; data: Record<string, unknown> };
}

export type ControlTopic = keyof ControlMessages;

/**
 * A doorbell between processes. A lost message costs time, never correctness: whatever matters is in the database, and
 * looked at there too.
 */
@Injectable()
export class ControlBus {
  private readonly local = new EventEmitter();

  /** Tells every process, this one included. Never throws, never waits. */
  publish<T extends ControlTopic>(topic: T, message: ControlMessages[T]): void {
    this.local.emit(topic, message);
  }

  /** @returns what ends the listening */
  on<T extends ControlTopic>(topic: T, listener: (message: ControlMessages[T]) => void): () => void {
    this.local.on(topic, listener);
    return () => this.local.off(topic, listener);
  }
}
