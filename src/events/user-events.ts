import { Inject, Injectable } from '@nestjs/common';
import { ControlBus } from '../queue/control-bus.js';

/** Every channel, its events and what each says (docs/protocol.md). */
export interface UserEvents {
  account: {
    'credits.changed': { balance: number; held: number; available: number };
    'credits.low': { available: number; threshold: number };
    'account.frozen': { frozen: boolean };
  };
  requests: {
    /** `position` from 1; 0 where it waits for a worker and not for a place. */
    'request.queued': { requestId: string; position: number; retryAfterMs: number };
    /** It has its place, and waits for the provider. */
    'request.waiting': { requestId: string };
    'request.done': { requestId: string; status: 'done' | 'error' };
  };
}

export type EventChannel = keyof UserEvents;
export type EventName<C extends EventChannel> = keyof UserEvents[C] & string;

export interface UserEvent<C extends EventChannel = EventChannel> {
  channel: C;
  event: string;
  data: Record<string, unknown>;
}

/** Brings what happened to a user to whoever of that user listens, on any node. Missed events are not repeated. */
@Injectable()
export class UserEventHub {
  private readonly listeners = new Map<string, Set<(event: UserEvent) => void>>();

  constructor(@Inject(ControlBus) private readonly bus: ControlBus) {
    bus.on('user-event', ({ userId, channel, event, data }) => {
      const listening = this.listeners.get(keyOf(userId, channel as EventChannel));
      for (const listener of listening ?? []) listener({ channel: channel as EventChannel, event, data });
    });
  }

  /** Tells every node. Never throws, never waits. */
  publish<C extends EventChannel, E extends EventName<C>>(
    userId: string,
    channel: C,
    event: E,
    data: UserEvents[C][E],
  ): void {
    this.bus.publish('user-event', { userId, channel, event, data: data as Record<string, unknown> });
  }

  /** Whether anybody of that user listens at this very node: for events that are too many for all of them. */
  isListening(userId: string, channel: EventChannel): boolean {
    return this.listeners.has(keyOf(userId, channel));
  }

  /** @returns what ends the listening */
  listen(userId: string, channel: EventChannel, listener: (event: UserEvent) => void): () => void {
    const key = keyOf(userId, channel);
    const listening = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, listening.add(listener));
    return () => {
      listening.delete(listener);
      if (listening.size === 0) this.listeners.delete(key);
    };
  }
}

function keyOf(userId: string, channel: EventChannel): string {
  return `${channel}:${userId}`;
}
