import type { ModelPrice, Rates } from '../billing/pricing/model-price.js';
import type { Tariff } from '../billing/pricing/tariff.js';
import { decimalText } from '../common/money/micro-credits.js';
import type { CatalogueModel } from '../completions/catalogue/catalogue-model.js';
import type { ModelPriceTier, ModelRates, ModelResponse } from './models.dto.js';
import { MODEL_CAPABILITIES, type ModelCapability } from './models-query.dto.js';

/** All of a model's entry but what depends on the hour: its health. */
export function modelResponse(model: CatalogueModel, tariff: Tariff): Omit<ModelResponse, 'available'> {
  const { id, isFamily, aliasOf, type, isDeprecated, capabilities, contextTokens, offers, standIns } = model;
  return {
    id,
    family: isFamily,
    aliasOf: [...aliasOf],
    type,
    deprecated: isDeprecated,
    contextTokens: contextTokens ?? null,
    maxOutputTokens: type === 'embedding' ? null : capabilities.maxOutputTokens,
    capabilities: type === 'embedding' ? [] : MODEL_CAPABILITIES.filter((each) => isAble(model, each)),
    providers: offers.map(({ provider, model: asked, price }) => ({
      provider,
      model: asked,
      priceSource: price.source,
      prices: tiersOf(price, tariff),
    })),
    standIns: [...standIns],
  };
}

function isAble({ capabilities }: CatalogueModel, capability: ModelCapability): boolean {
  return capabilities[capability === 'reasoning' ? 'hiddenReasoning' : capability];
}

function tiersOf({ tiers }: ModelPrice, tariff: Tariff): ModelPriceTier[] {
  return tiers.map(({ fromInputTokens, rates }) => ({
    fromInputTokens,
    credits: eachRate(rates, (rate) => tariff.creditsPerMtok(rate)),
    usd: eachRate(rates, (rate) => decimalText(rate, 9)),
  }));
}

function eachRate(rates: Rates, text: (rate: bigint) => string): ModelRates {
  return {
    input: text(rates.input),
    cachedInput: text(rates.cachedInput),
    cacheWrite: text(rates.cacheWrite),
    cacheWriteHour: text(rates.cacheWriteHour),
    output: text(rates.output),
  };
}
