import type { PricedStep } from '../answer-job.js';
import type { CatalogueModel } from './catalogue-model.js';
import type { ModelType } from './model-type.js';

/** What is known of a model beside its route. */
export interface ModelFacts {
  name: string;
  type: ModelType;
  isFamily: boolean;
  isDeprecated: boolean;
  /** The price list's word; the provider's own capabilities go first. */
  contextTokens?: number;
}

/** A model with its route, of at least one step: the steps that have the model itself, and those where another stands in for it. */
export function describeModel(facts: ModelFacts, steps: readonly PricedStep[]): CatalogueModel {
  const { capabilities } = steps[0]!;
  const contextTokens = capabilities.contextTokens ?? facts.contextTokens;
  const distinct = steps.filter((step, index) => index === steps.findIndex((other) => isSamePlace(step, other)));
  return {
    id: facts.name,
    isFamily: facts.isFamily,
    type: facts.type,
    isDeprecated: facts.isDeprecated,
    capabilities,
    ...(contextTokens === undefined ? {} : { contextTokens }),
    offers: distinct
      .filter(({ model }) => model === facts.name)
      .map(({ providerId, price }) => ({ provider: providerId, price })),
    standIns: distinct
      .filter(({ model, onlyAfter }) => model !== facts.name && onlyAfter === undefined)
      .map(({ providerId, model }) => ({ provider: providerId, model })),
  };
}

/** A provider may have several keys for a model. */
function isSamePlace(one: PricedStep, other: PricedStep): boolean {
  return one.providerId === other.providerId && one.model === other.model;
}
