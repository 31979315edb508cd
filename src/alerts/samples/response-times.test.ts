import { boundOf, quantileMs, RESPONSE_BOUNDS_MS } from './response-times.js';

const counts = (times: number[]) => {
  const all = new Map<number, number>();
  for (const time of times) all.set(boundOf(time), (all.get(boundOf(time)) ?? 0) + 1);
  return all;
};
const of = (count: number, timeMs: number) => Array.from({ length: count }, () => timeMs);

describe('response times', () => {
  it('has bounds that grow, with the 5 s of the specification among them', () => {
    expect([...RESPONSE_BOUNDS_MS].sort((a, b) => a - b)).toEqual(RESPONSE_BOUNDS_MS);
    expect(RESPONSE_BOUNDS_MS).toContain(5_000);
    expect([0, 100, 101, 5_000, 5_001, 1e9].map(boundOf)).toEqual([100, 100, 250, 5_000, 7_500, Infinity]);
  });

  it('is above 5 s exactly where more than one in twenty took longer', () => {
    expect(quantileMs(0.95, counts([...of(95, 1), ...of(5, 6_000)]))).toBeLessThanOrEqual(5_000);
    expect(quantileMs(0.95, counts([...of(95, 4_999), ...of(5, 6_000)]))).toBeLessThanOrEqual(5_000);
    expect(quantileMs(0.95, counts([...of(94, 1), ...of(6, 6_000)]))).toBeGreaterThan(5_000);
    expect(quantileMs(0.95, counts([...of(94, 1), ...of(6, 1e9)]))).toBe(120_000);
  });

  it('goes in a straight line between two bounds', () => {
    expect(quantileMs(0.5, counts(of(10, 200)))).toBe(175);
    expect(quantileMs(1, counts(of(10, 200)))).toBe(250);
  });

  it('says nothing of nothing', () => {
    expect(quantileMs(0.95, new Map())).toBeUndefined();
  });
});
