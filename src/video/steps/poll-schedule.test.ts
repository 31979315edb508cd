import { pollDelayMs } from './poll-schedule.js';

describe('pollDelayMs', () => {
  it.each([
    ['at once', 0, 0, 5_000],
    ['a minute old', 60_000, 0, 5_000],
    ['two minutes old', 120_000, 0, 10_000],
    ['twelve minutes old', 720_000, 0, 60_000],
    ['an hour old', 3_600_000, 0, 60_000],
    ['after a fault', 0, 1, 10_000],
    ['after many faults', 0, 100, 60_000],
  ])('%s', (_, ageMs, faults, expected) => {
    expect(pollDelayMs(ageMs, faults, 0)).toBe(expected);
  });

  it('is spread, but never shorter than 5 s, which is what Runway allows', () => {
    for (const ageMs of [0, 30_000, 120_000, 720_000]) {
      const delays = [0, 0.25, 0.5, 0.75, 1].map((random) => pollDelayMs(ageMs, 0, random));
      for (const delay of delays) expect(delay).toBeGreaterThanOrEqual(5_000);
      expect(new Set(delays).size).toBe(5);
    }
  });
});
