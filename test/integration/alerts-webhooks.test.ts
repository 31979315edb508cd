import { AlertDeliveries } from '../../src/alerts/delivery/alert-deliveries.service.js';
import { AlertEvaluator } from '../../src/alerts/states/alert-evaluator.service.js';
import { AlertStage } from '../support/alert-stage.js';
import { eventually } from '../support/eventually.js';
import { json, page, ProviderServer, reset, silence } from '../support/provider-server.js';

let stage: AlertStage;

afterEach(() => stage.close());

/** The next attempt's time has come. */
async function hurry(): Promise<void> {
  const { rows } = await stage.database.query<{ id: string }>(
    `UPDATE alerting.notification SET due_at = clock_timestamp() - interval '1 second'
     WHERE delivered_at IS NULL AND given_up_at IS NULL RETURNING id::text`,
  );
  for (const { id } of rows) await stage.worker.get(AlertDeliveries).deliver(id);
}

const attempts = (count: number) =>
  eventually(async () => {
    const [alert] = await stage.alerts();
    expect(alert!.notifications[0]).toMatchObject({ attempts: count });
    expect(alert!.notifications[0]!.error ?? alert!.notifications[0]!.deliveredAt).not.toBeNull();
    return alert!.notifications[0]!;
  });

test('a webhook that misbehaves gets the same message again until it takes it, and is not led elsewhere', async () => {
  stage = await AlertStage.open();
  const elsewhere = await ProviderServer.start();
  const { receiver } = stage;
  receiver.willAnswer(
    page(500, 'text/html', '<h1>secret of the receiver</h1>'),
    reset,
    json(307, {}, { location: `${elsewhere.url}/stolen` }),
    json(429, {}, { 'retry-after': '40' }),
  );
  await stage.find();
  await stage.judge();
  expect(await attempts(1)).toMatchObject({ error: 'answered 500', deliveredAt: null });
  await hurry();
  expect((await attempts(2)).error).toMatch(/^(ECONNRESET|UND_ERR_SOCKET)$/);
  await hurry();
  expect(await attempts(3)).toMatchObject({ error: 'answered 307, a redirect' });
  await hurry();
  const limited = await attempts(4);
  expect(Date.parse(limited.dueAt!) - Date.now()).toBeGreaterThan(35_000); // it was asked for 40 s, and the fifth comes after that
  await hurry();
  expect((await attempts(5)).deliveredAt).not.toBeNull();
  expect(new Set(stage.messages.map(({ id }) => id)).size).toBe(1);
  expect(new Set(receiver.requests.map(({ bytes }) => bytes.toString())).size).toBe(1);
  expect(elsewhere.requests).toEqual([]);
  await hurry();
  expect(receiver.requests).toHaveLength(5);
  await elsewhere.close();
});

test('the first attempt that failed is followed by the next without anybody’s help', async () => {
  stage = await AlertStage.open();
  stage.receiver.willAnswer(json(503, {}));
  await stage.find();
  await stage.judge();
  await eventually(() => expect(stage.messages).toHaveLength(2), 15_000);
  expect((await attempts(2)).deliveredAt).not.toBeNull();
});

test('what follows is told after what came first, however long that takes', async () => {
  stage = await AlertStage.open();
  stage.receiver.otherwise = json(503, {});
  await stage.find();
  await stage.judge();
  await attempts(1);
  await stage.find('all', 0);
  await stage.judge();
  await stage.judge();
  await stage.worker.get(AlertDeliveries).queueOverdue();
  await hurry();
  await attempts(2);
  expect(stage.messages.map(({ type }) => type)).toEqual(['alert.fired', 'alert.fired']);
  stage.receiver.otherwise = page(204, 'text/plain', '');
  await hurry();
  await eventually(() =>
    expect(stage.messages.map(({ type }) => type)).toEqual([...Array(3).fill('alert.fired'), 'alert.resolved']),
  );
});

test('a receiver that is gone, or silent for a day, is not asked again', async () => {
  stage = await AlertStage.open();
  stage.receiver.willAnswer(json(410, {}));
  await stage.find();
  await stage.judge();
  expect(await attempts(1)).toMatchObject({ error: 'answered 410', dueAt: null });
  expect((await stage.alerts())[0]!.notifications[0]!.givenUpAt).not.toBeNull();
});

test('a receiver that hangs keeps nobody waiting', async () => {
  stage = await AlertStage.open();
  stage.receiver.willAnswer(silence);
  await stage.find();
  await stage.judge();
  await eventually(() => expect(stage.receiver.requests).toHaveLength(1));
  await stage.find('other');
  await stage.judge();
  await eventually(() => expect(stage.messages.map(({ data }) => data.labels)).toContainEqual({ audit: 'other' }));
});

test('two evaluators at once tell it once', async () => {
  stage = await AlertStage.open();
  const other = await stage.addWorker();
  await stage.find();
  const evaluators = [stage.worker, other].map((worker) => worker.get(AlertEvaluator));
  await Promise.all(Array.from({ length: 8 }, (_, n) => evaluators[n % 2]!.evaluate()));
  await stage.judge(other);
  await eventually(() => expect(stage.messages).toHaveLength(1));
  const { rows } = await stage.database.query('SELECT FROM alerting.notification');
  expect(rows).toHaveLength(1);
  expect(await stage.alerts()).toHaveLength(1);
});

test('whoever wants only what is critical is told of nothing else, and all are told again while it lasts', async () => {
  stage = await AlertStage.open();
  const other = await ProviderServer.start();
  other.otherwise = page(204, 'text/plain', '');
  await stage.close();
  stage = await AlertStage.open({
    alerts: {
      rules: { LedgerUnbalanced: { severity: 'warning' } },
      webhooks: {
        everything: { url: `${other.url}/all`, secret: `whsec_${'A'.repeat(32)}` },
        night: { url: `${other.url}/night`, secret: `whsec_${'A'.repeat(32)}`, minimumSeverity: 'critical' },
      },
    },
  });
  await stage.find();
  await stage.judge();
  await eventually(() => expect(other.requests).toHaveLength(1));
  await stage.database.query(`UPDATE alerting.alert SET notified_at = notified_at - interval '4 hours'`);
  await stage.judge();
  await stage.judge();
  await eventually(() => expect(other.requests).toHaveLength(2));
  expect(other.requests.map(({ path, body }) => [path, body['type']])).toEqual([
    ['/all', 'alert.fired'],
    ['/all', 'alert.repeated'],
  ]);
  await other.close();
});
