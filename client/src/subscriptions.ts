import { backoffMs, type BackoffOptions } from './backoff.js';
import { callSafely } from './call-safely.js';
import { McpError } from './mcp-error.js';
import { newId } from './new-id.js';
import type { AnswerFrame, Channel, HubEvent } from './protocol.js';

interface Subscription {
  id: string;
  channel: Channel;
  onEvent: (event: HubEvent) => void;
  onError: (error: McpError) => void;
  refusals: number;
  retryTimer?: ReturnType<typeof setTimeout>;
}

/** What the application listens to, asked for again on every new connection. */
export class Subscriptions {
  private readonly byId = new Map<string, Subscription>();

  /** @param send false where there is no connection now */
  constructor(
    private readonly send: (frame: object) => boolean,
    private readonly backoff: BackoffOptions,
  ) {}

  get isEmpty(): boolean {
    return this.byId.size === 0;
  }

  /**
   * @param onError the server refused it, or can't be had any more
   * @returns what ends it
   */
  add(channel: Channel, onEvent: (event: HubEvent) => void, onError: (error: McpError) => void): () => void {
    const subscription = { id: newId(), channel, onEvent, onError, refusals: 0 };
    this.byId.set(subscription.id, subscription);
    this.ask(subscription);
    return () => {
      if (this.forget(subscription)) this.send({ id: subscription.id, type: 'unsubscribe', channel });
    };
  }

  /** There is a new connection. */
  opened(): void {
    for (const subscription of this.byId.values()) this.ask(subscription);
  }

  /** @returns whether the frame was for a subscription */
  take(frame: AnswerFrame): boolean {
    const subscription = this.byId.get(frame.id);
    if (!subscription) return false;
    if (frame.type === 'error') this.refused(subscription, McpError.from(frame.error));
    if (frame.type !== 'event') return true;
    subscription.refusals = 0;
    const { channel, event, data } = frame;
    callSafely(() => subscription.onEvent({ channel, event, data }));
    return true;
  }

  fail(error: McpError): void {
    for (const subscription of [...this.byId.values()]) this.failOne(subscription, error);
  }

  private ask({ id, channel }: Subscription): void {
    this.send({ id, type: 'subscribe', channel });
  }

  private refused(subscription: Subscription, error: McpError): void {
    if (!error.retryable) return this.failOne(subscription, error);
    clearTimeout(subscription.retryTimer);
    const pauseMs = backoffMs(subscription.refusals++, this.backoff, error.retryAfterMs);
    subscription.retryTimer = setTimeout(() => this.ask(subscription), pauseMs);
  }

  private failOne(subscription: Subscription, error: McpError): void {
    this.forget(subscription);
    callSafely(() => subscription.onError(error));
  }

  private forget({ id, retryTimer }: Subscription): boolean {
    clearTimeout(retryTimer);
    return this.byId.delete(id);
  }
}
