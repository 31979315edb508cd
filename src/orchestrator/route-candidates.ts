import type { ModelReference } from '../config/gateway-config/gateway-config.js';
import type { OpeningFailure, ProviderFacts, RouteQuestion, RouteRules } from './route-plan.js';

/** A model at a provider. */
interface Site {
  provider: ProviderFacts;
  model: string;
}

/** A site with its place in the route. */
export interface Candidate extends Site {
  /** 0: what was asked for; the higher, the later. */
  tier: number;
  onlyAfter?: OpeningFailure;
}

const SIMILAR_TIER = 1;
const FIRST_STAND_IN_TIER = 2;

/** Everybody who may come into it for a question, in no particular order but that of preference among equals. */
export function candidatesFor(
  question: RouteQuestion,
  providers: readonly ProviderFacts[],
  rules: RouteRules,
): Candidate[] {
  const { operation, provider: named, mayFallBack } = question;
  const meaning = rules.meaningOf(question.model);
  const asked = meaning.flatMap((reference) => at(0, sitesOf(reference, providers, named)));
  if (operation === 'embedding' || (!mayFallBack && named === 'auto')) return asked;
  const models = [...new Set(meaning.map(({ model }) => model))];
  const standIns = models
    .flatMap((model) => rules.fallbacksOf(model))
    .flatMap((reference, index) => at(FIRST_STAND_IN_TIER + index, homesOf(reference, providers)));
  if (!mayFallBack) return [...asked, ...standIns];
  return [...asked, ...similar(asked, rules), ...standIns, ...afterRefusal(models, providers, rules)];
}

/** Where a model that was asked for is to be had: at home, or where any model is taken that is nobody's own. */
function sitesOf(reference: ModelReference, providers: readonly ProviderFacts[], named: string): Site[] {
  const homes = homesOf(reference, providers);
  if (reference.providerId !== undefined) return homes;
  const isHome = (provider: ProviderFacts) => homes.some((home) => home.provider === provider);
  const isTrusted = (provider: ProviderFacts) => provider.id === named && !provider.knowsItsModels;
  return providers
    .filter((provider) => provider.serves(reference.model))
    .filter((provider) => homes.length === 0 || isHome(provider) || isTrusted(provider))
    .map((provider) => ({ provider, model: reference.model }));
}

/** The providers that call a model their own, or the one that is named with it. */
function homesOf({ providerId, model }: ModelReference, providers: readonly ProviderFacts[]): Site[] {
  const isHome = (provider: ProviderFacts) =>
    providerId === undefined ? provider.capabilities(model).isNative : provider.id === providerId;
  return providers
    .filter((provider) => isHome(provider) && provider.serves(model))
    .map((provider) => ({ provider, model }));
}

/** For a model that turns out to be unknown where it was expected. */
function similar(asked: readonly Candidate[], rules: RouteRules): Candidate[] {
  return asked.flatMap(({ provider, model }) => {
    const nearest = rules.similarTo(model, provider.id);
    if (nearest === undefined || !provider.serves(nearest)) return [];
    return [{ provider, model: nearest, tier: SIMILAR_TIER, onlyAfter: 'model_not_found' as const }];
  });
}

/** For a request that the model's provider refuses as it is. */
function afterRefusal(models: readonly string[], providers: readonly ProviderFacts[], rules: RouteRules): Candidate[] {
  return (['context_length_exceeded', 'content_filtered'] as const).flatMap((onlyAfter) =>
    models
      .flatMap((model) => rules.fallbacksAfter(onlyAfter, model))
      .flatMap((reference, tier) => at(tier, homesOf(reference, providers)).map((each) => ({ ...each, onlyAfter }))),
  );
}

function at(tier: number, sites: readonly Site[]): Candidate[] {
  return sites.map((site) => ({ ...site, tier }));
}
