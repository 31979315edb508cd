import { SEVERITIES } from '../../config/gateway-config/alert-rules.js';
import type { AlertSettings } from '../../config/gateway-config/alert-settings.js';
import type { NotificationKind, ToldAlert } from '../states/alerts.store.js';
import { runbookOf } from '../states/runbook-of.js';

/** That a webhook is to be told of a change of an alert. */
export interface NotificationOrder {
  alertId: string;
  change: number;
  kind: NotificationKind;
  /** Its name. */
  webhook: string;
  /** As it is sent, at every attempt. */
  body: string;
}

/** Whom a change is told, and in which words: the body has the form that Standard Webhooks recommends. Pure. */
export function notificationOrders(
  alert: ToldAlert,
  kind: NotificationKind,
  { webhooks, runbookUrl }: Pick<AlertSettings, 'webhooks' | 'runbookUrl'>,
  now: Date,
): NotificationOrder[] {
  const { id, changes, rule, severity, state, labels, summary, value, threshold, beganAt, firedAt, resolvedAt } = alert;
  const body = JSON.stringify({
    type: `alert.${kind}`,
    timestamp: now.toISOString(),
    data: {
      ...{ id, change: changes, alert: rule, severity, state, labels, summary, value, threshold },
      beganAt: beganAt.toISOString(),
      firedAt: firedAt.toISOString(),
      resolvedAt: resolvedAt?.toISOString() ?? null,
      runbook: runbookOf(rule, runbookUrl),
    },
  });
  const rank = SEVERITIES.indexOf(severity);
  return webhooks
    .filter(({ minimumSeverity }) => rank >= SEVERITIES.indexOf(minimumSeverity))
    .map(({ name }) => ({ alertId: id, change: changes, kind, webhook: name, body }));
}
