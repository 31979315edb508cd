import { backoffMs } from './backoff.js';

const OPTIONS = { baseMs: 100, mostMs: 1_000 };

test.each([
  [0, 100],
  [1, 200],
  [3, 800],
  [4, 1_000],
  [10_000, 1_000],
])('after %d failures the pause is anything from 0 to %d ms', (failures, ceilingMs) => {
  expect(backoffMs(failures, OPTIONS, 0, 0)).toBe(0);
  expect(backoffMs(failures, OPTIONS, 0, 0.5)).toBe(ceilingMs / 2);
  expect(backoffMs(failures, OPTIONS, 0, 1)).toBe(ceilingMs);
});

test('what the server asked for is waited for, and the jitter on top of it', () => {
  expect(backoffMs(0, OPTIONS, 5_000, 0)).toBe(5_000);
  expect(backoffMs(0, OPTIONS, 5_000, 1)).toBe(5_100);
});
