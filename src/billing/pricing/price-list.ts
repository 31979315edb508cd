import { calcPrice } from '@pydantic/genai-prices';
import { parseDecimal } from '../../common/money/micro-credits.js';
import { listedModels, type ListedModel } from './listed-models.js';
import type { ModelPrice, Rates } from './model-price.js';

/** Our provider ids as the price list names them; a provider that is not here is looked up under its own name. */
const LIST_PROVIDER_IDS: Readonly<Record<string, string>> = { claude: 'anthropic' };

/** A price of our own for models that the public list lacks. */
export interface PriceOverride {
  pattern: RegExp;
  inputUsdPerMtok: string;
  outputUsdPerMtok: string;
}

/** The simulator's scripted models, so that they cost something where nothing real is configured. */
export const SIMULATED_PRICES: readonly PriceOverride[] = [
  { pattern: /^sim-/, inputUsdPerMtok: '1', outputUsdPerMtok: '2' },
];

export interface PriceListOptions {
  overrides?: readonly PriceOverride[];
  /** USD per million tokens, for models that nobody lists; absent: they have no price and are refused. */
  defaultPrice?: { input: string; output: string } | undefined;
}

/** Looks prices up: overrides first, then the bundled public list (@pydantic/genai-prices), then the configured default. */
export class PriceList {
  private readonly known = new Map<string, ModelPrice | undefined>();

  constructor(private readonly options: PriceListOptions = {}) {}

  /** The price of a model at a provider; undefined: nobody knows it, and the model is not to be used. */
  priceOf(providerId: string, model: string): ModelPrice | undefined {
    const key = `${providerId}\n${model}`;
    if (!this.known.has(key)) {
      if (this.known.size >= 10_000) this.known.clear(); // clients choose the names
      this.known.set(key, this.lookUp(providerId, model));
    }
    return this.known.get(key);
  }

  /** What the public list knows of a provider's models; empty where it doesn't know the provider. */
  listedModels(providerId: string): ListedModel[] {
    return listedModels(LIST_PROVIDER_IDS[providerId] ?? providerId);
  }

  private lookUp(providerId: string, model: string): ModelPrice | undefined {
    const override = this.options.overrides?.find(({ pattern }) => pattern.test(model));
    if (override) return flatPrice('override', override.inputUsdPerMtok, override.outputUsdPerMtok);
    const listed = listedPrice(providerId, model);
    if (listed) return listed;
    const fallback = this.options.defaultPrice;
    return fallback && flatPrice('default', fallback.input, fallback.output);
  }
}

function flatPrice(source: string, inputUsd: string, outputUsd: string): ModelPrice {
  const input = parseDecimal(inputUsd, 9);
  return {
    source,
    tiers: [
      {
        fromInputTokens: 0,
        rates: {
          input,
          cachedInput: input,
          cacheWrite: input,
          cacheWriteHour: input,
          output: parseDecimal(outputUsd, 9),
        },
      },
    ],
  };
}

type ListedRate = number | { base: number; tiers: { start: number; price: number }[] } | undefined;

function listedPrice(providerId: string, model: string): ModelPrice | undefined {
  const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, model, {
    providerId: LIST_PROVIDER_IDS[providerId] ?? providerId,
  });
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
