import { nextAttempt } from './delivery-schedule.js';

const DAY_MS = 24 * 3_600_000;

describe('the next attempt', () => {
  it('comes later and later, and at least every quarter of an hour', () => {
    const pauses = Array.from({ length: 12 }, (_, made) => nextAttempt(made + 1, 0, {}));
    expect(pauses.map((next) => (next.kind === 'retry' ? next.afterMs / 1_000 : next.kind))).toEqual([
      ...[5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900],
    ]);
    expect(nextAttempt(5_000, 0, {})).toEqual({ kind: 'retry', afterMs: 900_000 });
  });

  it('is not earlier than the receiver asks for', () => {
    expect(nextAttempt(1, 0, { status: 429, retryAfterMs: 30_000 })).toEqual({ kind: 'retry', afterMs: 30_000 });
    expect(nextAttempt(4, 0, { status: 503, retryAfterMs: 1_000 })).toEqual({ kind: 'retry', afterMs: 40_000 });
  });

  it('does not come after a day, or to a receiver that is gone', () => {
    expect(nextAttempt(100, DAY_MS - 1, {}).kind).toBe('retry');
    expect(nextAttempt(100, DAY_MS, {}).kind).toBe('give up');
    expect(nextAttempt(1, 0, { status: 410 }).kind).toBe('give up');
  });
});
