import { AlertEvaluator } from '../../src/alerts/states/alert-evaluator.service.js';
import { AlertStage } from '../support/alert-stage.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { json } from '../support/provider-server.js';

let stage: AlertStage;

afterEach(() => stage.close());

test('a provider that fails on three nodes is one alert: told once, again where it was not taken, and when it is over', async () => {
  stage = await AlertStage.open({ alerts: { rules: { ResponsesSlow: { enabled: false } } } });
  const gateways = [stage.gateway, await stage.addGateway(), await stage.addGateway()];
  const evaluators = [stage.worker, await stage.addWorker()].map((worker) => worker.get(AlertEvaluator));
  const onAll = (work: (gateway: TestApp) => Promise<unknown>) => Promise.all(gateways.map(work));
  const chat = (gateway: TestApp, count: number, script = '') => stage.chat(count, script, {}, gateway);
  /** Both workers judge at once, again and again. */
  const judge = async () => {
    await stage.judge();
    for (let round = 0; round < 3; round++) await Promise.all(evaluators.map((evaluator) => evaluator.evaluate()));
  };
  const types = () => stage.messages.map(({ type }) => type);
  stage.receiver.willAnswer(json(500, {}));

  await onAll((gateway) => chat(gateway, 5));
  await judge();
  expect(types()).toEqual([]);
  for (let n = 0; n < 2; n++) await onAll((gateway) => chat(gateway, 1, 'fault=503 wire=openai'));
  await judge(); // 7 calls on each node: too few for any of them, and 21 together
  await eventually(() => expect(types()).toEqual(['alert.fired', 'alert.fired']), 20_000);
  expect(new Set(stage.messages.map(({ id }) => id)).size).toBe(1);
  expect(stage.messages[1]!.data).toMatchObject({
    alert: 'ProviderFailing',
    labels: { provider: 'openai' },
    summary: '28.6% of 21 calls of the provider openai failed.',
  });

  await onAll((gateway) => chat(gateway, 20));
  await judge();
  await eventually(() => expect(types()).toEqual(['alert.fired', 'alert.fired', 'alert.resolved']));

  await stage.age();
  for (let n = 0; n < 3; n++) {
    await chat(gateways[n]!, 1, 'fault=503 wire=openai'); // each that there is fails, and there are few
    await judge();
  }
  expect(await stage.alerts()).toMatchObject([{ alert: 'ProviderFailing', state: 'resolved' }]);
  expect(stage.messages).toHaveLength(3);
}, 120_000);
