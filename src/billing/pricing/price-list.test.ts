import { PriceList, SIMULATED_PRICES } from './price-list.js';

describe('the price list', () => {
  it("knows gpt-4's list price, $30 and $60 per million", () => {
    const { rates } = new PriceList().priceOf('openai', 'gpt-4')!.tiers[0]!;
    expect([rates.input, rates.output]).toEqual([30_000_000_000n, 60_000_000_000n]);
  });

  it('knows cached rates and tiers of Claude models under our own provider name', () => {
    const price = new PriceList().priceOf('claude', 'claude-sonnet-4-5')!;
    expect(price.tiers.map((tier) => tier.fromInputTokens)).toEqual([0, 200_001]);
    expect(price.tiers[0]!.rates).toEqual({
      input: 3_000_000_000n,
      cachedInput: 300_000_000n,
      cacheWrite: 3_750_000_000n,
      cacheWriteHour: 6_000_000_000n,
      output: 15_000_000_000n,
    });
    expect(price.tiers[1]!.rates.output).toBe(22_500_000_000n);
  });

  it('prices a cache of an hour as any write where there is no other rate, and a write as any input', () => {
    const { rates } = new PriceList().priceOf('openai', 'gpt-5.6-sol')!.tiers[0]!;
    expect(rates).toMatchObject({ input: 4_000_000_000n, cacheWrite: 5_000_000_000n, cacheWriteHour: 5_000_000_000n });
    const plain = new PriceList().priceOf('openai', 'gpt-4o')!.tiers[0]!.rates;
    expect([plain.cacheWrite, plain.cacheWriteHour]).toEqual([plain.input, plain.input]);
  });

  it('has no price for a model that nobody lists', () => {
    expect(new PriceList().priceOf('openai', 'no-such-model')).toBeUndefined();
  });

  it('takes the default where one is configured, and only for unlisted models', () => {
    const list = new PriceList({ defaultPrice: { input: '0.5', output: '1.5' } });
    expect(list.priceOf('openai', 'no-such-model')!.tiers[0]!.rates.output).toBe(1_500_000_000n);
    expect(list.priceOf('openai', 'gpt-4')!.source).toBe('genai-prices');
  });

  it('takes an override before anything else, a free one included', () => {
    const free = [{ pattern: /^gpt-4$/, inputUsdPerMtok: '0', outputUsdPerMtok: '0' }];
    expect(new PriceList({ overrides: free }).priceOf('openai', 'gpt-4')!.tiers[0]!.rates.output).toBe(0n);
    expect(new PriceList({ overrides: SIMULATED_PRICES }).priceOf('openai', 'sim-5-0ms')!.source).toBe('override');
  });
});
