import fc from 'fast-check';
import { HoldSize } from './hold-size.js';
import type { ModelPrice } from './model-price.js';

const CREDITS_2000 = 2_000_000_000n;
const price = (input: bigint, output: bigint): ModelPrice => ({
  source: 'test',
  tiers: [
    { fromInputTokens: 0, rates: { input, cachedInput: input, cacheWrite: input, cacheWriteHour: input, output } },
  ],
});
const gpt4 = price(30_000_000_000n, 60_000_000_000n);
const sonnet = price(3_000_000_000n, 75_000_000_000n);
const holdOf = (...prompts: [ModelPrice, number][]) =>
  new HoldSize(
    prompts.map(([price, tokensBound]) => ({ price, tokensBound })),
    CREDITS_2000,
  );

describe('the size of a hold', () => {
  it('covers prompt and output at the dearest price of the chain, input and output apart', () => {
    const size = holdOf([gpt4, 100], [sonnet, 100]);
    expect(size.amountFor(10)).toBe(100n * 60_000n + 10n * 150_000n);
  });

  it('takes the prompt as each model may count it', () => {
    expect(holdOf([gpt4, 100], [sonnet, 900]).amountFor(0)).toBe(100n * 60_000n);
    expect(holdOf([gpt4, 100], [sonnet, 1_100]).amountFor(0)).toBe(1_100n * 6_000n);
  });

  it('says how many output tokens an amount covers', () => {
    const size = holdOf([gpt4, 100]);
    expect(size.outputTokensWithin(size.amountFor(37))).toBe(37);
    expect(size.outputTokensWithin(size.amountFor(37) - 1n)).toBe(36);
    expect(size.outputTokensWithin(1n)).toBe(0);
    expect(holdOf([price(0n, 0n), 100]).outputTokensWithin(0n)).toBe(Infinity);
  });

  it('never covers less for more tokens, and always what it says', () => {
    const tokens = fc.integer({ min: 0, max: 200_000 });
    fc.assert(
      fc.property(tokens, tokens, fc.bigInt({ min: 0n, max: 10n ** 12n }), (prompt, output, amount) => {
        const size = holdOf([sonnet, prompt]);
        expect(size.amountFor(output + 1)).toBeGreaterThan(size.amountFor(output));
        const affordable = size.outputTokensWithin(amount);
        if (affordable > 0) expect(size.amountFor(affordable)).toBeLessThanOrEqual(amount);
        expect(size.amountFor(affordable + 1)).toBeGreaterThan(amount);
      }),
    );
  });
});
