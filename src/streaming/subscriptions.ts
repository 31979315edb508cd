import { assertCapability, type Capability } from '../auth/capabilities.js';
import type { Identity } from '../auth/identity.js';
import type { AccountWatch } from '../billing/accounts/account-watch.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { eventFrame } from '../events/event-frame.js';
import { subjectOf } from '../events/event-subject.js';
import type { EventChannel, UserEvent, UserEventHub } from '../events/user-events.js';
import type { ConnectionLimits } from '../limits/connection-limits.js';
import { EventOutbox, type EventLane } from './event-outbox.js';

export interface SubscriptionTools {
  events: UserEventHub;
  accounts: AccountWatch;
  limits: ConnectionLimits;
}

const NEEDED: Record<EventChannel, Capability> = { account: 'usage', requests: 'usage', videos: 'video' };
const RETRY_AFTER_MS = 1_000;

/** The events of its own user that one connection asked for. A subscription is named by its id and its channel. */
export class Subscriptions {
  private readonly endings = new Map<string, () => void>();
  private outbox: EventOutbox | undefined;

  constructor(
    private readonly socket: { openLane(): EventLane },
    private readonly identity: Identity,
    private readonly tools: SubscriptionTools,
  ) {}

  /**
   * Answers `subscribed`, then what happens. A repeat begins anew.
   * @throws GatewayError FORBIDDEN; LIMIT_EXCEEDED beyond the bound of a socket
   */
  begin(id: string, channel: EventChannel): void {
    assertCapability(this.identity, NEEDED[channel]);
    const name = nameOf(id, channel);
    this.stop(name);
    if (this.endings.size >= this.tools.limits.subscriptionsPerSocket) throw tooMany(this.endings.size);
    this.tell(id, { channel, event: 'subscribed', data: {} });
    this.endings.set(
      name,
      this.listen(channel, (event) => this.tell(id, event)),
    );
  }

  /** Answers `unsubscribed`, also where there is no such subscription; nothing of it comes after that. */
  end(id: string, channel: EventChannel): void {
    this.stop(nameOf(id, channel));
    this.tell(id, { channel, event: 'unsubscribed', data: {} });
  }

  /** The connection is gone. */
  closed(): void {
    for (const name of this.endings.keys()) this.stop(name);
    this.outbox?.close();
  }

  private listen(channel: EventChannel, listener: (event: UserEvent) => void): () => void {
    const { userId } = this.identity;
    const { accounts, events } = this.tools;
    return channel === 'account' ? accounts.watch(userId, listener) : events.listen(userId, channel, listener);
  }

  private stop(name: string): void {
    this.endings.get(name)?.();
    this.endings.delete(name);
  }

  private tell(id: string, event: UserEvent): void {
    this.outbox ??= new EventOutbox(this.socket.openLane());
    this.outbox.send(`${nameOf(id, event.channel)}\n${subjectOf(event)}`, eventFrame(id, event));
  }
}

function nameOf(id: string, channel: EventChannel): string {
  return `${channel}\n${id}`;
}

function tooMany(open: number): GatewayError {
  return new GatewayError('LIMIT_EXCEEDED', `One socket has at most ${open} subscriptions; end one of them.`, {
    retryAfterMs: RETRY_AFTER_MS,
  });
}
