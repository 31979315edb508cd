import { backoffMs, type BackoffOptions } from './backoff.js';
import { callSafely } from './call-safely.js';
import { McpError } from './mcp-error.js';
import { newId } from './new-id.js';
import type { AnswerFrame, Channel, EventFrame, HubEvent } from './protocol.js';

export interface Subscriber {
  onEvent: (event: HubEvent) => void;
  /** The server ended or refused it. */
  onError: (error: McpError) => void;
}

interface Subscription {
  id: string;
  channel: Channel;
  subscribers: Set<Subscriber>;
  refusals: number;
  retryTimer?: ReturnType<typeof setTimeout>;
}

/** The channels that somebody listens to: one subscription each, made again on every new connection. */
export class Subscriptions {
  private readonly byChannel = new Map<Channel, Subscription>();

  /** @param send false where there is no connection now */
  constructor(
    private readonly send: (frame: object) => boolean,
    private readonly backoff: BackoffOptions,
  ) {}

  get isEmpty(): boolean {
    return this.byChannel.size === 0;
  }

  /** @returns what ends it */
  add(channel: Channel, subscriber: Subscriber): () => void {
    const subscription = this.byChannel.get(channel) ?? this.begin(channel);
    subscription.subscribers.add(subscriber);
    return () => {
      subscription.subscribers.delete(subscriber);
      if (subscription.subscribers.size === 0) this.end(subscription);
    };
  }

  /** There is a new connection. */
  opened(): void {
    for (const subscription of this.byChannel.values()) this.ask(subscription);
  }

  /** @returns whether the frame was for a subscription */
  take(frame: AnswerFrame): boolean {
    const subscription = [...this.byChannel.values()].find(({ id }) => id === frame.id);
    if (!subscription) return false;
    if (frame.type === 'event') this.tell(subscription, frame);
    else if (frame.type === 'error') this.refused(subscription, McpError.from(frame.error));
    return true;
  }

  fail(error: McpError): void {
    for (const subscription of [...this.byChannel.values()]) this.failOne(subscription, error);
  }

  private begin(channel: Channel): Subscription {
    const subscription = { id: newId(), channel, subscribers: new Set<Subscriber>(), refusals: 0 };
    this.byChannel.set(channel, subscription);
    this.ask(subscription);
    return subscription;
  }

  private end(subscription: Subscription): void {
    if (!this.forget(subscription)) return;
    this.send({ id: subscription.id, type: 'unsubscribe', channel: subscription.channel });
  }

  private ask({ id, channel }: Subscription): void {
    this.send({ id, type: 'subscribe', channel });
  }

  private tell(subscription: Subscription, { channel, event, data }: EventFrame): void {
    subscription.refusals = 0;
    for (const { onEvent } of [...subscription.subscribers]) callSafely(() => onEvent({ channel, event, data }));
  }

  private refused(subscription: Subscription, error: McpError): void {
    if (!error.retryable) return this.failOne(subscription, error);
    clearTimeout(subscription.retryTimer);
    const pauseMs = backoffMs(subscription.refusals++, this.backoff, error.retryAfterMs);
    subscription.retryTimer = setTimeout(() => this.ask(subscription), pauseMs);
  }

  private failOne(subscription: Subscription, error: McpError): void {
    this.forget(subscription);
    for (const { onError } of [...subscription.subscribers]) callSafely(() => onError(error));
  }

  private forget(subscription: Subscription): boolean {
    clearTimeout(subscription.retryTimer);
    return this.byChannel.get(subscription.channel) === subscription && this.byChannel.delete(subscription.channel);
  }
}
