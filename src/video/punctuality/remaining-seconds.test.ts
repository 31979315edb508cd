import { remainingSeconds } from './remaining-seconds.js';

describe('remainingSeconds', () => {
  it.each([
    ['just ordered', 110, 0, 110],
    ['a moment later', 110, 4, 110],
    ['under way', 110, 30_000, 80],
    ['nearly there', 110, 85_000, 25],
    ['at the end of the usual time', 110, 110_000, 28],
    ['far beyond it', 110, 600_000, 150],
    ['of a kind that takes no time', 1, 900, 1],
  ])('%s', (_, usualSeconds, takenMs, expected) => {
    expect(remainingSeconds(usualSeconds, takenMs)).toBe(expected);
  });

  it('grows with a video that takes longer and longer, and never says that it is there', () => {
    const estimates = [120_000, 180_000, 300_000, 1_800_000].map((takenMs) => remainingSeconds(100, takenMs));
    expect(estimates).toEqual([...estimates].sort((a, b) => a - b));
    expect(new Set(estimates).size).toBe(4);
  });
});
