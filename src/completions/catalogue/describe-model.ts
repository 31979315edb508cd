import type { ModelReference } from '../../config/gateway-config/gateway-config.js';
import type { PricedStep } from '../answer-job.js';
import type { CatalogueModel } from './catalogue-model.js';
import type { ModelType } from './model-type.js';

/** What is known of a model beside its route. */
export interface ModelFacts {
  name: string;
  type: ModelType;
  isFamily: boolean;
  isDeprecated?: boolean;
  /** The price list's word; the provider's own capabilities go first. */
  contextTokens?: number;
  /** The models that the name is an alias of; absent: it is none. */
  meaning?: readonly ModelReference[];
}

/** A model with its route, of at least one step: the steps that have the model itself, and those where another stands in for it. */
export function describeModel(facts: ModelFacts, steps: readonly PricedStep[]): CatalogueModel {
  const { name, type, isFamily, isDeprecated = false, meaning } = facts;
  const { capabilities } = steps[0]!;
  const contextTokens = capabilities.contextTokens ?? facts.contextTokens;
  const places = steps.filter(
    (step, index) => step.onlyAfter === undefined && index === steps.findIndex((other) => isSamePlace(step, other)),
  );
  const isMeant = (step: PricedStep) => (meaning ?? [{ model: name }]).some((reference) => fits(reference, step));
  return {
    id: name,
    isFamily,
    aliasOf: (meaning ?? []).map(referenceText),
    type,
    isDeprecated,
    capabilities,
    ...(contextTokens === undefined ? {} : { contextTokens }),
    offers: places.filter(isMeant).map(({ providerId, model, price }) => ({ provider: providerId, model, price })),
    standIns: places.filter((step) => !isMeant(step)).map(({ providerId, model }) => ({ provider: providerId, model })),
  };
}

/** A provider may have several keys for a model. */
function isSamePlace(one: PricedStep, other: PricedStep): boolean {
  return one.providerId === other.providerId && one.model === other.model && one.onlyAfter === other.onlyAfter;
}

function fits({ providerId, model }: ModelReference, step: PricedStep): boolean {
  return model === step.model && (providerId === undefined || providerId === step.providerId);
}

function referenceText({ providerId, model }: ModelReference): string {
  return providerId === undefined ? model : `${providerId}:${model}`;
}
