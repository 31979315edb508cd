import { jest } from '@jest/globals';
import { closeAtExpiry } from './close-at-expiry.js';

const DAY_MS = 86_400_000;
const close = jest.fn();
beforeEach(() => {
  jest.useFakeTimers();
  close.mockClear();
});
afterEach(() => jest.useRealTimers());

test.each([1_000, 24 * DAY_MS, 25 * DAY_MS, 366 * DAY_MS])(
  'a token that lives %d ms more is closed then and not before',
  (lifeMs) => {
    closeAtExpiry({ close }, Date.now() + lifeMs);
    jest.advanceTimersByTime(lifeMs - 1);
    expect(close).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(close).toHaveBeenCalledTimes(1);
    expect(close).toHaveBeenCalledWith(4401, expect.stringContaining('expired'));
    expect(jest.getTimerCount()).toBe(0);
  },
);

test('a token that expired already is closed at the next turn', () => {
  closeAtExpiry({ close }, Date.now() - 5);
  jest.advanceTimersByTime(0);
  expect(close).toHaveBeenCalledTimes(1);
});

test.each([0, 30])('a connection that is gone leaves no timer, even after %d days', (days) => {
  const stop = closeAtExpiry({ close }, Date.now() + 60 * DAY_MS);
  jest.advanceTimersByTime(days * DAY_MS);
  stop();
  expect(jest.getTimerCount()).toBe(0);
  jest.advanceTimersByTime(60 * DAY_MS);
  expect(close).not.toHaveBeenCalled();
});
