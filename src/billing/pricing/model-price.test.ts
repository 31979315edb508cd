import fc from 'fast-check';
import { costOf, isDearer, microCreditsPerToken, ratesFor, type ModelPrice } from './model-price.js';

const CREDITS_2000 = 2_000_000_000n;
const ratesOf = (input: bigint, output: bigint) => ({
  input,
  cachedInput: input / 10n,
  cacheWrite: (input * 5n) / 4n,
  cacheWriteHour: input * 2n,
  output,
});
const flat = (input: bigint, output: bigint): ModelPrice => ({
  source: 'test',
  tiers: [{ fromInputTokens: 0, rates: ratesOf(input, output) }],
});
const gpt4 = flat(30_000_000_000n, 60_000_000_000n);

describe('the cost of a usage', () => {
  it("charges the specification's example, gpt-4 with 150 + 300 tokens, exactly 45 credits", () => {
    expect(costOf({ inputTokens: 150, outputTokens: 300 }, gpt4, CREDITS_2000)).toBe(45_000_000n);
  });

  it('is never more than the ledger takes, whatever a provider reports', () => {
    const usage = { inputTokens: Number.MAX_SAFE_INTEGER, outputTokens: Number.MAX_SAFE_INTEGER };
    expect(costOf(usage, gpt4, CREDITS_2000)).toBe(999_999_999_999_999n);
  });

  it('is zero for zero tokens', () => {
    expect(costOf({ inputTokens: 0, outputTokens: 0 }, gpt4, CREDITS_2000)).toBe(0n);
  });

  it('prices cached and written tokens at their own rates, once', () => {
    const usage = { inputTokens: 100, cachedInputTokens: 60, cacheWriteTokens: 20, outputTokens: 0 };
    const expected = 20n * 60_000n + 60n * 6_000n + 20n * 75_000n;
    expect(costOf(usage, gpt4, CREDITS_2000)).toBe(expected);
  });

  it('prices what is kept for an hour at its own rate, as a part of what is written', () => {
    const usage = { inputTokens: 100, cacheWriteTokens: 50, cacheWriteHourTokens: 30, outputTokens: 0 };
    expect(costOf(usage, gpt4, CREDITS_2000)).toBe(50n * 60_000n + 20n * 75_000n + 30n * 120_000n);
    const tooMany = { inputTokens: 100, cacheWriteTokens: 50, cacheWriteHourTokens: 90, outputTokens: 0 };
    expect(costOf(tooMany, gpt4, CREDITS_2000)).toBe(50n * 60_000n + 50n * 120_000n);
  });

  it('rounds up, once, over the whole request', () => {
    const dust = flat(1n, 1n);
    expect(costOf({ inputTokens: 1, outputTokens: 1 }, dust, CREDITS_2000)).toBe(1n);
    expect(costOf({ inputTokens: 250_000, outputTokens: 250_000 }, dust, CREDITS_2000)).toBe(1n);
    expect(costOf({ inputTokens: 250_001, outputTokens: 250_000 }, dust, CREDITS_2000)).toBe(2n);
  });

  it('prices the whole request by the tier that its prompt falls into', () => {
    const low = gpt4.tiers[0]!.rates;
    const high = { ...low, input: low.input * 2n };
    const tiered: ModelPrice = {
      source: 'test',
      tiers: [
        { fromInputTokens: 0, rates: low },
        { fromInputTokens: 200_000, rates: high },
      ],
    };
    expect(ratesFor(tiered, 199_999)).toBe(low);
    expect(ratesFor(tiered, 200_000)).toBe(high);
  });

  it('never falls when tokens are added', () => {
    const tokens = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(tokens, tokens, tokens, (inputTokens, outputTokens, more) => {
        const less = costOf({ inputTokens, outputTokens }, gpt4, CREDITS_2000);
        expect(costOf({ inputTokens, outputTokens: outputTokens + more }, gpt4, CREDITS_2000)).toBeGreaterThanOrEqual(
          less,
        );
      }),
    );
  });

  it("writes a token's price as exact decimal text", () => {
    expect(microCreditsPerToken(60_000_000_000n, CREDITS_2000)).toBe('120000');
    expect(microCreditsPerToken(1n, CREDITS_2000)).toBe('0.000002');
    expect(microCreditsPerToken(0n, CREDITS_2000)).toBe('0');
  });
});

test('a price is dearer than another where it exceeds it anywhere', () => {
  expect(isDearer(gpt4, gpt4)).toBe(false);
  expect(isDearer(flat(1n, 1n), gpt4)).toBe(false);
  expect(isDearer(flat(1n, 60_000_000_001n), gpt4)).toBe(true);
  const tiered: ModelPrice = {
    source: 'test',
    tiers: [
      { fromInputTokens: 0, rates: ratesOf(1n, 1n) },
      { fromInputTokens: 200_000, rates: ratesOf(40_000_000_000n, 1n) },
    ],
  };
  expect(isDearer(tiered, gpt4)).toBe(true);
});
