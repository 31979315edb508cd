import type { ModelRule, ProviderSettings } from '../../config/gateway-config/gateway-config.js';
import { ModelPattern } from '../../config/gateway-config/model-pattern.js';
import { PriceList } from './price-list.js';

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

  it('takes a configured price before anything else, a free one included, and at the named provider alone', () => {
    const free: ModelRule = { name: 'x', pattern: new ModelPattern('gpt-4'), price: { input: '0', output: '0' } };
    const dear: ModelRule = {
      name: 'y',
      providerId: 'groq',
      pattern: new ModelPattern('*'),
      price: { input: '0.000000001', output: '2', cachedInput: '3', cacheWrite: '4' },
    };
    const list = new PriceList({ config: () => ({ models: [dear, free], providers: [] }) });
    expect(list.priceOf('openai', 'gpt-4')!.tiers[0]!.rates.output).toBe(0n);
    expect(list.priceOf('openai', 'no-such-model')).toBeUndefined();
    expect(list.priceOf('groq', 'gpt-4')).toEqual({
      source: 'override',
      tiers: [
        {
          fromInputTokens: 0,
          rates: {
            input: 1n,
            output: 2_000_000_000n,
            cachedInput: 3_000_000_000n,
            cacheWrite: 4_000_000_000n,
            cacheWriteHour: 4_000_000_000n,
          },
        },
      ],
    });
  });

  it('forgets what it knew under another configuration', () => {
    const rule = (output: string): ModelRule => ({
      name: 'x',
      pattern: new ModelPattern('m'),
      price: { input: '1', output },
    });
    let config = { models: [rule('1')], providers: [] };
    const list = new PriceList({ config: () => config });
    expect(list.priceOf('a', 'm')!.tiers[0]!.rates.output).toBe(1_000_000_000n);
    config = { models: [rule('5')], providers: [] };
    expect(list.priceOf('a', 'm')!.tiers[0]!.rates.output).toBe(5_000_000_000n);
  });

  it("looks a provider up under the list's own name for it", () => {
    const mine = { id: 'mine', priceListId: 'google' } as ProviderSettings;
    expect(new PriceList().priceOf('mine', 'gemini-2.5-flash')).toBeUndefined();
    const list = new PriceList({ config: () => ({ models: [], providers: [mine] }) });
    expect(list.priceOf('mine', 'gemini-2.5-flash')!.source).toBe('genai-prices');
  });

  it('has a price for scripted models where everything is simulated', () => {
    expect(new PriceList({ isSimulated: true }).priceOf('openai', 'sim-5-0ms')!.source).toBe('override');
    expect(new PriceList().priceOf('openai', 'sim-5-0ms')).toBeUndefined();
  });
});
