import { PriceList } from './price-list.js';
import { Tariff } from './tariff.js';

describe('what the reaper charges', () => {
  it('is exact for prompt and token, so that their sum is rounded once', () => {
    const prices = new PriceList({ defaultPrice: { input: '0.30025', output: '1.10025' } });
    const tariff = new Tariff(prices, 2_000_000_000n);
    const price = prices.priceOf('openai', 'unlisted')!;
    expect(tariff.reaperTerms(price, 27)).toBe('{"prompt":16213.5,"token":2200.5}');
    const charged = Math.ceil(16_213.5 + 2_200.5);
    expect(tariff.costOf({ inputTokens: 27, outputTokens: 1 }, price)).toBe(BigInt(charged));
  });
});
