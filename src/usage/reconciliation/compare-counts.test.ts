import { compareCounts, type Comparison } from './compare-counts.js';
import { driftTable } from './drift-table.js';
import type { ProviderCount } from './provider-count.js';

const count = (day: string, model: string | undefined, rest: Partial<ProviderCount>): ProviderCount => ({
  day,
  ...(model === undefined ? {} : { model }),
  ...rest,
});
const BY_DAY: Comparison = { tolerance: 0.01, byDay: true };
const brief = (drifts: ReturnType<typeof compareCounts>) =>
  drifts.map(({ day, model, metric, drift, percent, isBeyond }) => [day, model, metric, drift, percent, isBeyond]);

test('figures within the tolerance agree, those beyond it are marked, up or down', () => {
  const ours = [count('d1', 'm', { promptTokens: 1010, completionTokens: 99, requests: 8, costUsd: 0.1 + 0.2 })];
  const theirs = [count('d1', 'm', { promptTokens: 1000, completionTokens: 101, requests: 10, costUsd: 0.3 })];
  expect(brief(compareCounts(ours, theirs, BY_DAY))).toEqual([
    ['d1', 'm', 'requests', -2, -20, true],
    ['d1', 'm', 'promptTokens', 10, 1, false],
    ['d1', 'm', 'completionTokens', -2, -1.98, true],
    ['d1', 'm', 'costUsd', 0, 0, false],
  ]);
});

test('what only one of us has is a difference', () => {
  const ours = [count('d1', 'ours', { requests: 3 })];
  const theirs = [count('d2', 'theirs', { requests: 4 })];
  expect(brief(compareCounts(ours, theirs, BY_DAY))).toEqual([
    ['d1', 'ours', 'requests', 3, null, true],
    ['d2', 'theirs', 'requests', -4, -100, true],
  ]);
});

test('what a provider does not count is not compared', () => {
  const ours = [count('d1', 'm', { requests: 3, promptTokens: 5 })];
  expect(brief(compareCounts(ours, [count('d1', 'm', { promptTokens: 5 })], BY_DAY))).toEqual([
    ['d1', 'm', 'promptTokens', 0, 0, false],
  ]);
});

test('versions of a model are that model, and other names can be told', () => {
  const ours = [count('d1', 'gpt-4.1', { requests: 3 }), count('d1', 'gpt-4.1-2025-04-14', { requests: 1 })];
  const theirs = [count('d1', 'gpt-4.1-2025-04-14', { requests: 3 }), count('d1', 'ft:x', { requests: 1 })];
  const names = new Map([['ft:x', 'gpt-4.1']]);
  expect(brief(compareCounts(ours, theirs, { ...BY_DAY, names }))).toEqual([
    ['d1', 'gpt-4.1', 'requests', 0, 0, false],
  ]);
});

test('what is not told by model is compared with all models, and by period with all days', () => {
  const ours = [
    count('d1', 'a', { costUsd: 1, requests: 1 }),
    count('d1', 'b', { costUsd: 2, requests: 1 }),
    count('d2', 'a', { costUsd: 4, requests: 1 }),
  ];
  const theirs = [count('d1', undefined, { costUsd: 3 }), count('d2', undefined, { costUsd: 4 })];
  expect(brief(compareCounts(ours, theirs, BY_DAY))).toEqual([
    ['d1', 'all', 'costUsd', 0, 0, false],
    ['d2', 'all', 'costUsd', 0, 0, false],
  ]);
  expect(brief(compareCounts(ours, theirs, { ...BY_DAY, byDay: false }))).toEqual([
    ['all', 'all', 'costUsd', 0, 0, false],
  ]);
});

test('what is told by model in part alone is compared both ways', () => {
  const ours = [count('d1', 'a', { costUsd: 1 }), count('d1', 'b', { costUsd: 2 })];
  const theirs = [
    count('d1', 'a', { costUsd: 1 }),
    count('d1', 'b', { costUsd: 2 }),
    count('d1', undefined, { costUsd: 0.5 }),
  ];
  expect(brief(compareCounts(ours, theirs, BY_DAY))).toEqual([
    ['d1', 'a', 'costUsd', 0, 0, false],
    ['d1', 'b', 'costUsd', 0, 0, false],
    ['d1', 'all', 'costUsd', -0.5, -14.29, true],
  ]);
});

test('a table shows each figure, its drift, and a mark', () => {
  const ours = [count('2026-11-01', 'gpt-4', { requests: 12, promptTokens: 1_234_567 })];
  const theirs = [count('2026-11-01', 'gpt-4', { requests: 12, promptTokens: 1_000_000 })];
  expect(driftTable(compareCounts(ours, theirs, BY_DAY))).toBe(
    [
      'day         model                     ours     theirs     drift       %',
      '2026-11-01  gpt-4  requests             12         12         0    0.00',
      '2026-11-01  gpt-4  promptTokens  1,234,567  1,000,000  +234,567  +23.46  <-',
    ].join('\n'),
  );
});
