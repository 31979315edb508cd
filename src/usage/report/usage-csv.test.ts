import type { UsageRow } from './usage-figures.js';
import { UsageCsv } from './usage-csv.js';

const row = (key: string, more: Partial<UsageRow> = {}): UsageRow => ({
  key,
  requests: 3n,
  completed: 2n,
  failed: 1n,
  cancelled: 0n,
  estimated: 0n,
  promptTokens: 150n,
  cachedTokens: 0n,
  cacheWriteTokens: 0n,
  completionTokens: 300n,
  reasoningTokens: 0n,
  charged: 45_000_001n,
  shortfall: 0n,
  videoRequests: 1n,
  videosCompleted: 1n,
  videoMicroseconds: 4_500_000n,
  videoCharged: 1n,
  revenueMicroUsd: 22_500n,
  costMicroUsd: 30_000n,
  lostMicroUsd: 1n,
  ...more,
});

test('a report is lines that end in CR LF, its amounts exact', () => {
  const csv = new UsageCsv('day', false);
  expect(csv.header() + csv.rows([row('2026-11-22', { charged: 99_999_999_999_999_999_999n })])).toBe(
    'day,requests,completed,failed,cancelled,estimated,promptTokens,cachedTokens,cacheWriteTokens,completionTokens,' +
      'reasoningTokens,credits,shortfall,videoRequests,videosCompleted,videoSeconds,videoCredits\r\n' +
      '2026-11-22,3,2,1,0,0,150,0,0,300,0,99999999999999.999999,0,1,1,4.5,0.000001\r\n',
  );
});

test("an operator's ends in what it cost and brought, below 0 too", () => {
  const csv = new UsageCsv('provider', true);
  expect(csv.header()).toMatch(/,videoCredits,revenueUsd,providerCostUsd,lostUsd,marginUsd\r\n$/);
  expect(csv.rows([row('openai')])).toMatch(/,0\.0225,0\.03,0\.000001,-0\.007501\r\n$/);
});

test.each([
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['a,b', '"a,b"'],
  ['a"b', '"a""b"'],
  ['a\nb', '"a\nb"'],
  ['a\rb', '"a\rb"'],
  ['', ''],
])('the name %j is written as %s', (name, cell) => {
  expect(new UsageCsv('model', false).rows([row(name)]).startsWith(`${cell},3,`)).toBe(true);
});

test('no rows are no lines', () => {
  expect(new UsageCsv('day', false).rows([])).toBe('');
});
