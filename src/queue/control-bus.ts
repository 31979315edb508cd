import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ControlMessage, ControlMessages, ControlTopic } from './control-messages.js';
import { ControlRelay } from './control-relay.js';

type Listener = (message: never) => void;

/**
 * A doorbell between processes. A lost message costs time, never correctness: whatever matters is in the database, and
 * looked at there too.
 */
@Injectable()
export class ControlBus {
  private readonly logger = new Logger(ControlBus.name);
  private readonly listeners = new Map<ControlTopic, Set<Listener>>();

  constructor(@Inject(ControlRelay) private readonly relay: ControlRelay) {
    relay.onMessage = (message) => this.hand(message);
  }

  /** Tells every process; this one before it returns, the others within milliseconds. Never throws, never waits. */
  publish<T extends ControlTopic>(topic: T, message: ControlMessages[T]): void {
    const each = { topic, message } as ControlMessage;
    this.hand(each);
    this.relay.send(each);
  }

  /** @returns what ends the listening */
  on<T extends ControlTopic>(topic: T, listener: (message: ControlMessages[T]) => void): () => void {
    const listening = this.listeners.get(topic) ?? new Set<Listener>();
    this.listeners.set(topic, listening.add(listener));
    return () => void listening.delete(listener);
  }

  private hand({ topic, message }: ControlMessage): void {
    for (const listener of this.listeners.get(topic) ?? []) {
      try {
        listener(message as never);
      } catch (error) {
        this.logger.error(`A listener of '${topic}' failed`, (error as Error).stack);
      }
    }
  }
}
