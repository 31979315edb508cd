import type { TokenUsage } from '../../providers/contract/token-usage.js';
import { HoldSize, type PricedPrompt } from './hold-size.js';
import type { ListedModel } from './listed-models.js';
import { costOf, microCreditsPerToken, ratesFor, type ModelPrice, type Rates } from './model-price.js';
import type { PriceList } from './price-list.js';

/** Prices in credits: the price list together with what a dollar is charged as. */
export class Tariff {
  private readonly tokenPrices = new WeakMap<Rates, string>();

  /** @param microCreditsPerUsd CREDITS_PER_USD × 1,000,000 */
  constructor(
    private readonly prices: PriceList,
    private readonly microCreditsPerUsd: bigint,
  ) {}

  /** undefined: the model has no price and is not to be used. */
  priceOf(providerId: string, model: string): ModelPrice | undefined {
    return this.prices.priceOf(providerId, model);
  }

  /** The models of a provider that the public price list names. */
  listedModels(providerId: string): ListedModel[] {
    return this.prices.listedModels(providerId);
  }

  /** Credits of a million tokens at a rate, as exact decimal text. */
  creditsPerMtok(rate: bigint): string {
    return microCreditsPerToken(rate, this.microCreditsPerUsd); // a million times less of a million times more
  }

  /** Micro-credits that a usage costs, rounded once, up. */
  costOf(usage: TokenUsage, price: ModelPrice): bigint {
    return costOf(usage, price, this.microCreditsPerUsd);
  }

  /** The hold of a request that any of these prices may end up applying to. */
  holdSize(prompts: readonly PricedPrompt[]): HoldSize {
    return new HoldSize(prompts, this.microCreditsPerUsd);
  }

  /**
   * What the reaper charges, as JSON text for the hold's terms: micro-credits for the prompt and for each output token,
   * both exact, as it is their sum that is rounded.
   */
  reaperTerms(price: ModelPrice, promptTokens: number): string {
    const rates = ratesFor(price, promptTokens);
    const prompt = microCreditsPerToken(BigInt(promptTokens) * rates.input, this.microCreditsPerUsd);
    return `{"prompt":${prompt},"token":${this.tokenPrice(rates)}}`;
  }

  /** Micro-credits of one output token, as text; the same for every request at these rates. */
  private tokenPrice(rates: Rates): string {
    let text = this.tokenPrices.get(rates);
    if (text === undefined) {
      text = microCreditsPerToken(rates.output, this.microCreditsPerUsd);
      this.tokenPrices.set(rates, text);
    }
    return text;
  }
}
