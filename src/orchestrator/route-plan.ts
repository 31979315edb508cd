import type { ModelCapabilities } from '../providers/contract/text-provider.js';
import { equivalentModel } from './model-equivalents.js';

/** One try of the plan: this model, there. */
export interface RouteStep {
  providerId: string;
  model: string;
  capabilities: ModelCapabilities;
}

export interface RouteQuestion {
  operation: 'chat' | 'embedding';
  /** The provider that the client named, or 'auto'. */
  provider: string;
  model: string;
  /** false pins the route to its first provider. */
  mayFallBack: boolean;
}

/** What the plan has to know of a provider. */
export interface ProviderFacts {
  id: string;
  capabilities(model: string): ModelCapabilities;
}

/**
 * The whole route, before anything is sent: the named provider first, then the others; `auto` begins where the model is
 * at home and follows the configured order after that. A vendor's own model is replaced by its equivalent elsewhere; a
 * model of no known family is sent as it is everywhere. An embedding never changes its model: vectors of two models
 * can't be compared, whatever their length.
 *
 * @param providers in the configured order
 * @returns an empty plan where no provider can serve the question
 */
export function planRoute(question: RouteQuestion, providers: readonly ProviderFacts[]): RouteStep[] {
  const homes = new Set(providers.filter((provider) => provider.capabilities(question.model).isNative));
  const rank = (provider: ProviderFacts) => (provider.id === question.provider ? 0 : homes.has(provider) ? 1 : 2);
  const steps = [...providers]
    .sort((a, b) => rank(a) - rank(b)) // stable: the configured order decides among equals
    .flatMap((provider) => stepAt(provider, question, homes));
  const isPinned = !question.mayFallBack;
  if (isPinned && question.provider !== 'auto')
    return steps.filter(({ providerId }) => providerId === question.provider);
  return isPinned ? steps.slice(0, 1) : steps;
}

function stepAt(provider: ProviderFacts, question: RouteQuestion, homes: ReadonlySet<ProviderFacts>): RouteStep[] {
  const isForeign = homes.size > 0 && !homes.has(provider);
  if (question.operation === 'embedding' && isForeign) return [];
  const model = isForeign ? equivalentModel(question.model, provider.id) : question.model;
  if (model === undefined) return [];
  const capabilities = provider.capabilities(model);
  if (question.operation === 'embedding' && !capabilities.embeddings) return [];
  return [{ providerId: provider.id, model, capabilities }];
}
