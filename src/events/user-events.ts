import { Inject, Injectable } from '@nestjs/common';
import { ControlBus } from '../queue/control-bus.js';

/** Every channel, its events and what each says (docs/protocol.md). Credits are numbers as they are on the wire. */
export interface UserEvents {
  /** What every node finds out for itself (billing's AccountWatch); nobody publishes it. */
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
  videos: {
    /** `delay`: it is late, and why. */
    'video.progress': {
      videoId: string;
      status: 'processing';
      progress: number;
      delay?: { reason: string; message: string; since: string };
    };
    'video.completed': {
      videoId: string;
      status: 'completed';
      url: string;
      thumbnailUrl?: string;
      duration: number;
      creditsUsed: number;
    };
    'video.failed': { videoId: string; status: 'failed'; error: { code: string; message: string } };
  };
}

export type EventChannel = keyof UserEvents;
export type EventName<C extends EventChannel> = keyof UserEvents[C] & string;

export const EVENT_CHANNELS = ['videos', 'account', 'requests'] as const satisfies EventChannel[];

export interface UserEvent<C extends EventChannel = EventChannel> {
  channel: C;
  event: string;
  data: Record<string, unknown>;
}

export type UserEventListener = (event: UserEvent) => void;

/** Brings what happened to a user to whoever of that user listens, on any node. Missed events are not repeated. */
@Injectable()
export class UserEventHub {
  private readonly listeners: Record<EventChannel, Map<string, Set<UserEventListener>>> = {
    account: new Map(),
    requests: new Map(),
    videos: new Map(),
  };

  constructor(@Inject(ControlBus) private readonly bus: ControlBus) {
    bus.on('user-event', ({ userId, channel, event, data }) => {
      if (!isChannel(channel)) return;
      for (const listener of this.listeners[channel].get(userId) ?? []) listener({ channel, event, data });
    });
  }

  /** Tells every node. Never throws, never waits. */
  publish<C extends Exclude<EventChannel, 'account'>, E extends EventName<C>>(
    userId: string,
    channel: C,
    event: E,
    data: UserEvents[C][E],
  ): void {
    this.bus.publish('user-event', { userId, channel, event, data: data as Record<string, unknown> });
  }

  /** Whether anybody of that user listens at this very node: for events that are too many for all of them. */
  isListening(userId: string, channel: EventChannel): boolean {
    return this.listeners[channel].has(userId);
  }

  /** @returns what ends the listening */
  listen(userId: string, channel: EventChannel, listener: UserEventListener): () => void {
    const users = this.listeners[channel];
    const listening = users.get(userId) ?? new Set();
    users.set(userId, listening.add(listener));
    return () => {
      if (listening.delete(listener) && listening.size === 0) users.delete(userId);
    };
  }
}

/** Another node may be of a version that has more of them. */
function isChannel(channel: string): channel is EventChannel {
  return (EVENT_CHANNELS as readonly string[]).includes(channel);
}
