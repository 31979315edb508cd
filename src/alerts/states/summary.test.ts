import { ALERT_NAMES, ALERT_RULES } from '../../config/gateway-config/alert-rules.js';
import { summaryOf } from './summary.js';

test('a summary says what was measured', () => {
  const reading = { labels: { provider: 'openai' }, value: 0.3, volume: 1_200 };
  expect(summaryOf(ALERT_RULES.ProviderFailing.summary, reading)).toBe(
    '30% of 1,200 calls of the provider openai failed.',
  );
  expect(summaryOf(ALERT_RULES.ResponsesSlow.summary, { labels: {}, value: 6_250, volume: 40 })).toBe(
    'One in twenty of 40 requests waited 6.3 s or longer for the first of its answer.',
  );
});

const LABELS: Record<string, Record<string, string>> = {
  ProviderFailing: { provider: 'openai' },
  QueueLong: { queue: 'videos' },
  BreakerOpen: { endpoint: 'openai/eu' },
  LedgerUnbalanced: { audit: 'all' },
};

test.each(ALERT_NAMES)('the summary of %s has a word for everything in it', (name) => {
  const summary = summaryOf(ALERT_RULES[name].summary, { labels: LABELS[name] ?? {}, value: 1, volume: 2 });
  expect(summary).not.toMatch(/[{}]/);
});
