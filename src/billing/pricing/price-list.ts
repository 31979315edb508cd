import { calcPrice } from '@pydantic/genai-prices';
import { parseDecimal } from '../../common/money/micro-credits.js';
import type { GatewayConfig, PriceSettings } from '../../config/gateway-config/gateway-config.js';
import { ruleWith } from '../../config/gateway-config/model-rules.js';
import { priceListIdOf } from '../../config/gateway-config/price-list-id.js';
import { listedModels, type ListedModel } from './listed-models.js';
import type { ModelPrice, Rates } from './model-price.js';

/** The simulator's scripted models, so that they cost something where nothing real is configured. */
const SIMULATED_MODELS = /^sim-/;
const SIMULATED_PRICE: PriceSettings = { input: '1', output: '2' };

/** What a configuration says of prices. */
type PriceConfig = Pick<GatewayConfig, 'models' | 'providers'>;

const NOTHING_CONFIGURED: PriceConfig = { models: [], providers: [] };

export interface PriceListOptions {
  /** The configuration in force: prices of our own, and how the public list calls a provider. */
  config?: () => PriceConfig;
  /** Nothing real is configured. */
  isSimulated?: boolean;
  /** USD per million tokens, for models that nobody lists; absent: they have no price and are refused. */
  defaultPrice?: { input: string; output: string } | undefined;
}

/** Looks prices up: configured ones first, then the bundled public list (@pydantic/genai-prices), then DEFAULT_PRICE_USD_PER_MTOK. */
export class PriceList {
  private readonly known = new Map<string, ModelPrice | undefined>();
  /** What `known` was found under. */
  private config: PriceConfig | undefined;

  constructor(private readonly options: PriceListOptions = {}) {}

  /** The price of a model at a provider; undefined: nobody knows it, and the model is not to be used. */
  priceOf(providerId: string, model: string): ModelPrice | undefined {
    const config = this.options.config?.() ?? NOTHING_CONFIGURED;
    if (config !== this.config || this.known.size >= 10_000) this.known.clear(); // clients choose the names
    this.config = config;
    const key = `${providerId}\n${model}`;
    if (!this.known.has(key)) this.known.set(key, this.lookUp(config, providerId, model));
    return this.known.get(key);
  }

  /** What the public list knows of a provider's models; empty where it doesn't know the provider. */
  listedModels(providerId: string): ListedModel[] {
    return listedModels(priceListIdOf(this.options.config?.() ?? NOTHING_CONFIGURED, providerId));
  }

  private lookUp(config: PriceConfig, providerId: string, model: string): ModelPrice | undefined {
    const { isSimulated = false, defaultPrice } = this.options;
    const configured = ruleWith('price', config, model, providerId)?.price;
    if (configured) return flatPrice('override', configured);
    if (isSimulated && SIMULATED_MODELS.test(model)) return flatPrice('override', SIMULATED_PRICE);
    return (
      listedPrice(priceListIdOf(config, providerId), model) ?? (defaultPrice && flatPrice('default', defaultPrice))
    );
  }
}

/** What is not said of the cache costs as much as a prompt that is not cached; an hour in it as much as five minutes. */
function flatPrice(
  source: string,
  { input, output, cachedInput = input, cacheWrite = input, cacheWriteHour = cacheWrite }: PriceSettings,
): ModelPrice {
  const nano = (usd: string) => parseDecimal(usd, 9);
  const rates: Rates = {
    input: nano(input),
    output: nano(output),
    cachedInput: nano(cachedInput),
    cacheWrite: nano(cacheWrite),
    cacheWriteHour: nano(cacheWriteHour),
  };
  return { source, tiers: [{ fromInputTokens: 0, rates }] };
}

type ListedRate = number | { base: number; tiers: { start: number; price: number }[] } | undefined;

function listedPrice(listId: string, model: string): ModelPrice | undefined {
  const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, model, { providerId: listId });
  if (!found) return undefined;
  const prices = found.model_price as Record<string, ListedRate>;
  const { input_mtok: input, output_mtok: output, cache_read_mtok: cached, cache_write_mtok: written } = prices;
  const { cache_write_1h_mtok: writtenForAnHour } = prices;
  if (input === undefined && output === undefined) return undefined;
  const starts = [...new Set([0, ...[input, output].flatMap(tierStarts)])].sort((a, b) => a - b);
  const rates = (start: number): Rates => ({
    input: rateAt(input, start),
    cachedInput: rateAt(cached ?? input, start),
    cacheWrite: rateAt(written ?? input, start),
    // Anthropic's alone: twice the input's. The list has it wherever it has `written`.
    cacheWriteHour: rateAt(writtenForAnHour ?? written ?? input, start),
    output: rateAt(output, start),
  });
  return {
    source: 'genai-prices',
    tiers: starts.map((start) => ({ fromInputTokens: start && start + 1, rates: rates(start) })),
  };
}

/** Of the list: a tier holds for prompts of more tokens than it starts at. */
function tierStarts(rate: ListedRate): number[] {
  return typeof rate === 'object' ? rate.tiers.map((tier) => tier.start) : [];
}

/** Dollars per million tokens as nano-dollars; the list has at most 6 decimals, so the product is a whole number. */
function rateAt(rate: ListedRate, start: number): bigint {
  if (rate === undefined) return 0n;
  const usd =
    typeof rate === 'number' ? rate : (rate.tiers.findLast((tier) => start >= tier.start)?.price ?? rate.base);
  return BigInt(Math.round(usd * 1e9));
}
