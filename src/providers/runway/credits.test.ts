import { usdOfCredits } from './credits.js';

describe('usdOfCredits', () => {
  it.each([
    [0, '0'],
    [1, '0.01'],
    [96, '0.96'],
    [100, '1'],
    [1000, '10'],
    [12.5, '0.125'],
    [0.1 + 0.2, '0.003'],
    [1e9, '10000000'],
  ])('%d credits are $%s', (credits, usd) => expect(usdOfCredits(credits)).toBe(usd));

  it.each([undefined, null, '96', NaN, Infinity, -1])('%p is no number of credits', (credits) =>
    expect(usdOfCredits(credits)).toBeUndefined(),
  );
});
