import { Inject, Injectable, Logger } from '@nestjs/common';
import { GatewayConfiguration } from '../../config/gateway-config/gateway-configuration.js';
import { AlertQueue } from './alert-queue.service.js';
import { nextAttempt } from './delivery-schedule.js';
import { NotificationsStore, type ClaimedNotification } from './notifications.store.js';
import { WebhookSender, type SendResult } from './webhook-sender.js';

/** A job that comes a moment before its time finds nothing due. */
const TIMER_SLACK_MS = 50;

/**
 * Tells webhooks, each of an alert's changes in order, until they have taken it: at least once. What is to be told is in the
 * database; a lost job, or a process that died amid one, costs time alone.
 */
@Injectable()
export class AlertDeliveries {
  private readonly logger = new Logger(AlertDeliveries.name);

  constructor(
    @Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration,
    @Inject(NotificationsStore) private readonly store: NotificationsStore,
    @Inject(AlertQueue) private readonly jobs: AlertQueue,
    @Inject(WebhookSender) private readonly sender: WebhookSender,
  ) {}

  /** Has new notifications sent. One that the queue does not take is found later. */
  async queue(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.enqueue(id, 0, 0);
  }

  /** Has those sent whose time has come, and that nobody may be at. */
  async queueOverdue(): Promise<void> {
    for (const { id, attempts } of await this.store.due()) await this.enqueue(String(id), attempts, 0);
  }

  /** Sends one, if it is due; whatever the webhook does, this does not throw for it. */
  async deliver(notificationId: string): Promise<void> {
    const notification = await this.store.claim(notificationId);
    if (!notification) return;
    const { webhook: name, messageId, body } = notification;
    const webhook = this.configuration.inForce.alerts.webhooks.find((each) => each.name === name);
    if (!webhook) return this.giveUp(notification, 'it is no longer configured');
    const result = await this.sender.send(webhook, { id: messageId, body });
    if (result.error === undefined) await this.delivered(notification);
    else await this.failed(notification, result.error, result);
  }

  private async delivered(notification: ClaimedNotification): Promise<void> {
    await this.store.delivered(notification.id);
    await this.goOn(notification);
  }

  private async failed(notification: ClaimedNotification, error: string, result: SendResult): Promise<void> {
    const { id, attempts, ageMs, webhook } = notification;
    const next = nextAttempt(attempts, ageMs, result);
    if (next.kind === 'give up') return this.giveUp(notification, error);
    this.logger.warn(`Webhook ${webhook} did not take alert ${notification.alertId} (attempt ${attempts}): ${error}`);
    await this.store.retry(id, error, next.afterMs);
    await this.enqueue(String(id), attempts, next.afterMs + TIMER_SLACK_MS);
  }

  private async giveUp(notification: ClaimedNotification, error: string): Promise<void> {
    const { id, webhook, alertId } = notification;
    this.logger.error(`Webhook ${webhook} was not told of alert ${alertId}, and will not be: ${error}`);
    await this.store.giveUp(id, error);
    await this.goOn(notification);
  }

  /** What had to wait for this one. */
  private async goOn(notification: ClaimedNotification): Promise<void> {
    for (const { id, attempts } of await this.store.next(notification)) await this.enqueue(String(id), attempts, 0);
  }

  private async enqueue(id: string, attempts: number, delayMs: number): Promise<void> {
    try {
      await this.jobs.add(id, attempts, delayMs);
    } catch (error) {
      this.logger.warn(`Notification ${id} waits for the next look: ${(error as Error).message}`);
    }
  }
}
