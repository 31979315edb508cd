import { readFileSync } from 'node:fs';
import { readExport } from './read-export.js';

/** In the vendors' documented shapes. */
const exported = (name: string) => readFileSync(`test/support/exports/${name}`, 'utf8');
const DAY = '2026-11-01';
const GPT = { day: DAY, model: 'gpt-4.1-2025-04-14' };
const GPT_USED = { ...GPT, requests: 5, promptTokens: 1000, cachedTokens: 800, completionTokens: 500 };
const OLD_GPT_USED = {
  day: DAY,
  model: 'gpt-4-0613',
  requests: 1,
  promptTokens: 30,
  cachedTokens: 0,
  completionTokens: 7,
};
const CLAUDE = { day: DAY, model: 'claude-sonnet-4-20250514' };
const CLAUDE_USED = { ...CLAUDE, promptTokens: 3200, cachedTokens: 200, completionTokens: 500 };

test.each([
  ['openai-usage.json', [GPT_USED, OLD_GPT_USED]],
  [
    'openai-costs.json',
    [
      { ...GPT, costUsd: 0.06 },
      { ...GPT, costUsd: 0.04 },
      { day: DAY, costUsd: 0.5 },
    ],
  ],
  ['openai-dashboard.csv', [GPT_USED, OLD_GPT_USED]],
  ['anthropic-usage.json', [CLAUDE_USED]],
  ['anthropic-costs.json', [{ ...CLAUDE, costUsd: 1.2378912 }]],
  ['anthropic-console.csv', [CLAUDE_USED]],
  [
    'plain.csv',
    [
      { day: DAY, model: 'mistral-large', requests: 3, promptTokens: 1200, completionTokens: 300, costUsd: 0.0042 },
      {
        day: '2026-11-02',
        model: 'mistral-large',
        requests: 1,
        promptTokens: 100,
        completionTokens: 30,
        costUsd: 0.0004,
      },
    ],
  ],
])('%s is understood', (name, counts) => {
  expect(readExport(exported(name))).toEqual(counts);
  expect(readExport(`\uFEFF${exported(name).replaceAll('\n', '\r\n')}`)).toEqual(counts);
});

test('a bucket of an hour counts on its day, in UTC', () => {
  const hour = '2026-11-01T23:00:00-05:00';
  expect(readExport(`day,requests\n${hour},1\n2026-11-01 23:59:59,2\n`).map(({ day }) => day)).toEqual([
    '2026-11-02',
    DAY,
  ]);
});

const page = (data: unknown, more = {}) => JSON.stringify({ object: 'page', data, has_more: false, ...more });
const result = (fields: object) => page([{ start_time: 1793491200, results: [fields] }]);
test.each([
  ['no JSON', '{"data": [', /no JSON/],
  ['a page that is not the last', page([], { has_more: true }), /pages are missing/],
  ['something else', '{"error": {"code": 401}}', /no 'data'/],
  ['no list', '[3]', /no 'data'/],
  ['a bucket without results', page([{ start_time: 1 }]), /no 'results'/],
  ['other results', result({ object: 'organization.usage.images.result' }), /no result of completions/],
  ['another currency', result({ object: 'organization.costs.result', amount: { value: 1, currency: 'eur' } }), /'eur'/],
  ['what is no number', result({ object: 'organization.usage.completions.result', input_tokens: 'many' }), /no number/],
  ['no time', page([{ start_time: 'soon', results: [{}] }]), /no time/],
  ['an empty file', '', /is empty/],
  ['unknown columns', 'a,b\n1,2\n', /known export: a, b/],
  ['a short line', 'day,requests\n2026-11-01\n', /line 2 has 1 cells/],
  ['an open quote', 'day,requests\n"2026-11-01,1\n', /line 2 has a quote/],
])('%s is refused, with what is wrong', (_name, text, message) => {
  expect(() => readExport(text)).toThrow(message);
});
