import { isDay, reportPeriod } from './report-period.js';

const now = new Date('2026-11-22T23:59:59.999Z');

test.each(['2026-11-22', '2024-02-29', '2000-01-01', '2999-12-31'])('%s is a day', (text) => {
  expect(isDay(text)).toBe(true);
});
test.each(['2026-02-29', '2026-11-31', '2026-1-1', '1999-12-31', '0000-01-01', '2026-11-22T00:00Z', '', '2026-00-10'])(
  '%j is none',
  (text) => {
    expect(isDay(text)).toBe(false);
  },
);

test.each([
  [{}, '2026-10-24', '2026-11-23'],
  [{ from: '2026-11-22' }, '2026-11-22', '2026-11-23'],
  [{ to: '2026-03-01' }, '2026-01-30', '2026-03-01'],
  [{ from: '2024-01-01', to: '2025-01-01' }, '2024-01-01', '2025-01-01'],
])('%j is from %s to before %s', (wish, from, to) => {
  expect(reportPeriod(wish, now)).toEqual({ from, to });
});

test.each([
  [{ from: '2026-11-23' }, /^from must be before 2026-11-23/],
  [{ from: '2026-11-02', to: '2026-11-02' }, /^from must be before/],
  [{ from: '2026-11-03', to: '2026-11-02' }, /^from must be before/],
  [{ from: '2025-11-22' }, undefined],
  [{ from: '2025-11-21' }, /^from must be at most 366 days before 2026-11-23/],
])('%j is refused where it has no day or too many', (wish, message) => {
  const read = () => reportPeriod(wish, now);
  if (message) expect(read).toThrow(message);
  else expect(read).not.toThrow();
});
