import { AlertStage } from '../support/alert-stage.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';

/** Simulated providers answer at once; what takes longer in a test is the test's own machine. */
const OFF = { ResponsesSlow: { enabled: false } };
let stage: AlertStage;

afterEach(() => stage.close());

const told = (count: number) =>
  eventually(() => {
    expect(stage.messages).toHaveLength(count);
    return stage.messages;
  });

test('a provider that fails 30 % is told of once, and once when it is well again', async () => {
  stage = await AlertStage.open({ alerts: { rules: OFF } });
  await stage.chat(2);
  for (let n = 0; n < 6; n++) {
    await stage.chat(1, 'fault=503 wire=openai');
    await stage.chat(2);
  }
  await stage.judge();
  await stage.judge();
  const [fired] = await told(1);
  expect(fired).toMatchObject({
    type: 'alert.fired',
    data: {
      ...{ alert: 'ProviderFailing', severity: 'warning', state: 'firing', change: 1 },
      ...{ labels: { provider: 'openai' }, value: 0.3, threshold: 0.1 },
      summary: '30% of 20 calls of the provider openai failed.',
      runbook: 'docs/runbooks.md#providerfailing',
    },
  });
  expect(await stage.alerts('?state=open')).toMatchObject([
    { alert: 'ProviderFailing', state: 'firing', notifications: [{ webhook: 'pager', kind: 'fired', attempts: 1 }] },
  ]);

  await stage.chat(50);
  await stage.judge(); // it is well, by a share of 6 in 70
  await stage.judge(); // and still is
  const [, resolved] = await told(2);
  expect(resolved).toMatchObject({
    type: 'alert.resolved',
    data: { id: fired!.data.id, state: 'resolved', change: 2 },
  });
  expect(await stage.alerts('?state=open')).toEqual([]);
  await stage.judge();
  expect(await stage.alerts()).toMatchObject([{ state: 'resolved', notifications: [{}, { kind: 'resolved' }] }]);
  expect(stage.messages).toHaveLength(2);
});

test('with too few calls nothing is said', async () => {
  stage = await AlertStage.open({ alerts: { rules: OFF } });
  for (let n = 0; n < 6; n++) {
    await stage.chat(1, 'fault=503 wire=openai');
    await stage.chat(n === 5 ? 1 : 2);
  }
  await stage.chat(2);
  expect(await countsOf('provider.calls')).toEqual({}); // nothing is written before its time
  await stage.judge();
  expect(await countsOf('provider.calls')).toMatchObject({ openai: 19 });
  expect(await stage.alerts()).toEqual([]);
});

test('requests that fail are told of, and what was the fault of a request is not among them', async () => {
  stage = await AlertStage.open({ alerts: { rules: { ...OFF, ProviderFailing: { enabled: false } } } });
  await stage.chat(18);
  await stage.chat(10, 'fault=context wire=openai', { fallback: false });
  await stage.judge();
  expect(await stage.alerts()).toEqual([]);
  await stage.chat(2, 'fault=400', { fallback: false });
  await stage.judge();
  expect(await stage.alerts()).toEqual([]);
  const [failed] = await stage.chat(1, 'fault=cut after=1', { fallback: false });
  expect(failed).toMatchObject({ type: 'error', error: { code: 'UPSTREAM_LOST' } });
  await stage.chat(1, 'fault=cut after=1', { fallback: false });
  await stage.judge();
  expect(await stage.alerts()).toMatchObject([{ alert: 'RequestsFailing', severity: 'critical', value: 2 / 32 }]);
});

test('a circuit that opens is told of, and for as long as it is open', async () => {
  const rules = Object.fromEntries(
    ['ProviderFailing', 'RequestsFailing', 'ResponsesSlow'].map((name) => [name, { enabled: false }]),
  );
  stage = await AlertStage.open({ alerts: { rules } });
  stage.gateway.simulator.setFault({ fault: '500', wire: 'openai' });
  await Promise.all(Array.from({ length: 12 }, () => stage.chat(1)));
  await stage.judge();
  const [fired] = await told(1);
  expect(fired!.data).toMatchObject({ alert: 'BreakerOpen', labels: { endpoint: 'openai' } });
  await stage.age(); // the opening is long ago, and the gateway still says that it is open
  await stage.judge();
  await stage.judge();
  expect(await stage.alerts('?state=open')).toHaveLength(1);
});

test('one in twenty answers that come late is told of', async () => {
  stage = await AlertStage.open({ alerts: { rules: { ResponsesSlow: { threshold: 250 } } } });
  await stage.chat(18);
  await stage.chat(2, 'fault=late delay=400 wire=openai');
  await stage.judge();
  expect(await stage.alerts()).toMatchObject([{ alert: 'ResponsesSlow', state: 'firing', threshold: 250 }]);
});

test('what fails faster than the objective allows is told of by its burn rate', async () => {
  const rules = { ...OFF, RequestsFailing: { enabled: false }, ProviderFailing: { enabled: false } };
  const few = { minimumVolume: 50 };
  const alerts = { rules: { ...rules, AvailabilityBurningFast: few, AvailabilityBurningSlowly: few } };
  stage = await AlertStage.open({ alerts });
  await stage.chat(49);
  await stage.chat(1, 'fault=cut after=1', { fallback: false });
  await stage.judge();
  const fired = await stage.alerts();
  expect(fired.map(({ alert }) => alert).sort()).toEqual(['AvailabilityBurningFast', 'AvailabilityBurningSlowly']);
  expect(fired[0]!.value).toBeCloseTo(20, 5); // 2 % of 0.1 %
  await stage.database.query(`UPDATE alerting.sample SET at = at - interval '40 minutes' WHERE name LIKE 'requests%'`);
  await stage.chat(1);
  await stage.judge();
  await stage.judge(); // the failures are still within six hours, and no longer within the last half of one
  expect(await stage.alerts('?state=open')).toEqual([]);
});

test('who is no administrator sees no alerts', async () => {
  stage = await AlertStage.open();
  const { status } = await new RestClient(stage.gateway.url, stage.gateway.token('alice')).get('/api/mcp/admin/alerts');
  expect(status).toBe(403);
});

async function countsOf(name: string): Promise<Record<string, number>> {
  const { rows } = await stage.database.query<{ label: string; value: number }>(
    'SELECT label, sum(value) AS value FROM alerting.sample WHERE name = $1 GROUP BY label',
    [name],
  );
  return Object.fromEntries(rows.map(({ label, value }) => [label, value]));
}
