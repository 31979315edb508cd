import type { ToldAlert } from '../states/alerts.store.js';
import { notificationOrders } from './notification-order.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const ALERT: ToldAlert = {
  ...{ id: '7', rule: 'ProviderFailing', labels: { provider: 'openai' }, severity: 'warning', state: 'firing' },
  ...{ summary: 'It fails.', value: 0.3, threshold: 0.1, changes: 2, beganAt: NOW, firedAt: NOW, resolvedAt: null },
};
const hook = (name: string, minimumSeverity: 'warning' | 'critical') => ({
  name,
  minimumSeverity,
  url: 'u',
  secret: 's',
});

test('whoever wants to know is told, in the form of Standard Webhooks, and nothing of the webhook is in it', () => {
  const settings = {
    webhooks: [hook('day', 'warning'), hook('night', 'critical')],
    runbookUrl: 'https://wiki.example/runbooks',
  };
  const [order, ...others] = notificationOrders(ALERT, 'repeated', settings, NOW);
  expect(others).toEqual([]);
  expect(order).toMatchObject({ alertId: '7', change: 2, kind: 'repeated', webhook: 'day' });
  expect(JSON.parse(order!.body)).toEqual({
    type: 'alert.repeated',
    timestamp: '2026-11-22T12:00:00.000Z',
    data: {
      ...{ id: '7', change: 2, alert: 'ProviderFailing', severity: 'warning', state: 'firing' },
      ...{ labels: { provider: 'openai' }, summary: 'It fails.', value: 0.3, threshold: 0.1 },
      ...{ beganAt: '2026-11-22T12:00:00.000Z', firedAt: '2026-11-22T12:00:00.000Z', resolvedAt: null },
      runbook: 'https://wiki.example/runbooks#providerfailing',
    },
  });
  const critical = notificationOrders({ ...ALERT, severity: 'critical' }, 'fired', settings, NOW);
  expect(critical.map(({ webhook }) => webhook)).toEqual(['day', 'night']);
});
