import type { INestApplicationContext } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { MetricsRegistry } from '../../src/metrics/metrics-registry.js';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';

/** prom-client's own, of every Node process. */
const OF_NODE = /^(process|nodejs)_/;

/** What prom-client keeps of a metric, beyond what its types say. */
interface KnownMetric {
  name: string;
  help: string;
  type: string;
  labelNames: string[];
}

let gateway: TestApp;
let worker: INestApplicationContext;

beforeAll(async () => {
  gateway = await startTestApp();
  worker = await startTestWorker(gateway);
}, 60_000);

afterAll(async () => {
  await worker?.close();
  await gateway?.close();
});

function metricsOf(app: INestApplicationContext): KnownMetric[] {
  const all = app.get(MetricsRegistry).getMetricsAsArray() as unknown as KnownMetric[];
  return all.filter(({ name }) => !OF_NODE.test(name));
}

/** One row of the table in docs/metrics.md. */
function row({ name, type, labelNames, help }: KnownMetric): string {
  const labels = labelNames.map((label) => `\`${label}\``).join(', ');
  return [`\`${name}\``, type, labels || '–', help].join(' | ');
}

function documentedRows(): string[] {
  const lines = readFileSync('docs/metrics.md', 'utf8').split('\n');
  const cells = lines.filter((line) => line.startsWith('| `')).map((line) => line.split('|').slice(1, -1));
  return cells.filter((row) => row.length === 4).map((row) => row.map((cell) => cell.trim()).join(' | '));
}

test('docs/metrics.md lists every metric of a gateway and of a worker with its type, labels and meaning, and no other', () => {
  const all = new Map([...metricsOf(gateway.app), ...metricsOf(worker)].map((metric) => [metric.name, row(metric)]));
  expect(documentedRows().toSorted()).toEqual([...all.values()].toSorted());
});

test('no name is longer than it says, and every unit is one of Prometheus', () => {
  for (const { name, type } of [...metricsOf(gateway.app), ...metricsOf(worker)]) {
    expect(name).toMatch(/^(mcp|gen_ai)_[a-z0-9_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
  }
});
