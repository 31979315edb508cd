import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RepeatingTask } from '../../billing/ledger/repeating-task.js';
import { GatewayConfiguration } from '../../config/gateway-config/gateway-configuration.js';
import type { AlertSettings } from '../../config/gateway-config/alert-settings.js';
import { AlertDeliveries } from '../delivery/alert-deliveries.service.js';
import { notificationOrders } from '../delivery/notification-order.js';
import { AlertMeasures } from '../measures/alert-measures.js';
import { SamplesStore } from '../samples/samples.store.js';
import { AlertsStore, type AlertsTransaction, type NotificationKind } from './alerts.store.js';
import { nextChanges } from './next-changes.js';
import type { AlertChange } from './open-alert.js';

const EVALUATE_EVERY_MS = 10_000;
const TIDY_EVERY_MS = 600_000;
/** The longest window, six hours, and some. */
const SAMPLES_KEPT_MS = 6.5 * 3_600_000;

/**
 * Judges all rules by what all nodes counted, in every process that runs jobs, one at a time. What becomes of alerts and
 * what is to be told of that is one transaction: a process that dies leaves nothing half done, and two never tell the same.
 */
@Injectable()
export class AlertEvaluator implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AlertEvaluator.name);
  private readonly evaluating = new RepeatingTask(EVALUATE_EVERY_MS, () => this.turn());
  private readonly tidying = new RepeatingTask(TIDY_EVERY_MS, () => this.tidy());

  constructor(
    @Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration,
    @Inject(AlertMeasures) private readonly measures: AlertMeasures,
    @Inject(AlertsStore) private readonly store: AlertsStore,
    @Inject(SamplesStore) private readonly samples: SamplesStore,
    @Inject(AlertDeliveries) private readonly deliveries: AlertDeliveries,
  ) {}

  onApplicationBootstrap(): void {
    this.evaluating.start();
    this.tidying.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.evaluating.stop(), this.tidying.stop()]);
  }

  /** Judges once. @returns whether it was this process that did; @throws what the database said */
  async evaluate(): Promise<boolean> {
    const settings = this.configuration.inForce.alerts;
    const told = await this.store.alone(async (alerts) => {
      const readings = await this.measures.read(settings);
      const changes = nextChanges(alerts.now, settings, await alerts.open(), readings);
      const notifications: string[] = [];
      for (const change of changes) notifications.push(...(await this.apply(alerts, change, settings)));
      return notifications;
    });
    if (told) await this.deliveries.queue(told);
    return told !== undefined;
  }

  private async turn(): Promise<void> {
    await this.evaluate();
    await this.deliveries.queueOverdue();
  }

  private async tidy(): Promise<void> {
    await this.samples.drop(SAMPLES_KEPT_MS);
    await this.store.alone((alerts) => alerts.forget());
  }

  /** @returns the notifications that it leads to */
  private async apply(alerts: AlertsTransaction, change: AlertChange, settings: AlertSettings): Promise<string[]> {
    switch (change.kind) {
      case 'begin':
        await alerts.begin(change.facts);
        return [];
      case 'refresh':
        await alerts.refresh(change.alert.id, change.facts);
        return [];
      case 'calm':
        await alerts.calm(change.alert.id);
        return [];
      case 'drop':
        await alerts.drop(change.alert.id);
        return [];
      case 'fire': {
        const id = change.alert?.id ?? (await alerts.begin(change.facts));
        if (change.alert) await alerts.refresh(id, change.facts);
        return this.tell(alerts, id, 'fired', settings);
      }
      case 'repeat':
        await alerts.refresh(change.alert.id, change.facts);
        return this.tell(alerts, change.alert.id, 'repeated', settings);
      case 'resolve':
        return this.tell(alerts, change.alert.id, 'resolved', settings);
      default:
        throw new Error(`no such change: ${String(change satisfies never)}`);
    }
  }

  private async tell(
    alerts: AlertsTransaction,
    id: string,
    kind: NotificationKind,
    settings: AlertSettings,
  ): Promise<string[]> {
    const alert = await alerts.change(id, kind);
    const labels = Object.entries(alert.labels).map(([name, value]) => ` ${name}=${value}`);
    this.logger[kind === 'resolved' ? 'log' : 'warn'](
      `Alert ${alert.rule}${labels.join('')} ${kind}: ${alert.summary}`,
    );
    const notifications: string[] = [];
    for (const order of notificationOrders(alert, kind, settings, alerts.now))
      notifications.push(await alerts.notify(order));
    return notifications;
  }
}
