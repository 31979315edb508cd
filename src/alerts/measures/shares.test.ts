import { burnRate, sharesOf } from './shares.js';

describe('shares', () => {
  it('tells label by label how much is bad', () => {
    const all = [
      { label: 'claude', value: 4 },
      { label: 'openai', value: 10 },
    ];
    expect(sharesOf('provider', all, [{ label: 'openai', value: 3 }])).toEqual([
      { labels: { provider: 'claude' }, value: 0, volume: 4 },
      { labels: { provider: 'openai' }, value: 0.3, volume: 10 },
    ]);
  });

  it('burns as fast as the slower of both windows', () => {
    const rate = (long: number, short: number) =>
      burnRate(0.999, { all: 1_000, failed: long }, { all: 100, failed: short }).value;
    expect(rate(20, 2)).toBeCloseTo(20);
    expect(rate(20, 0)).toBe(0); // it is over
    expect(rate(1, 50)).toBeCloseTo(1); // it has only begun
    expect(burnRate(0.999, { all: 0, failed: 0 }, { all: 0, failed: 0 })).toEqual({ labels: {}, value: 0, volume: 0 });
  });
});
