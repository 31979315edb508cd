import type { ModelCapabilities } from '../providers/contract/text-provider.js';
import type { Deadlines } from './deadlines.js';
import { equivalentModel } from './model-equivalents.js';

/** A failure that opens steps which are closed otherwise. */
export type OpeningFailure = 'context_length_exceeded' | 'content_filtered' | 'model_not_found';

/** One try of the plan: this model, there. */
export interface RouteStep {
  providerId: string;
  /** The provider's key or deployment: what has a circuit breaker and cools down. Its name is the provider's where it is the only one. */
  endpointId: string;
  model: string;
  capabilities: ModelCapabilities;
  /** What configuration says of the model's deadlines; the usual ones hold for the others. */
  deadlines?: Partial<Deadlines>;
  /** It is for a request that another model has refused for this reason; absent: for every one. */
  onlyAfter?: OpeningFailure;
}

/** What a request asks of its model, beyond text in and text out. */
export type Need = 'tools' | 'images' | 'structuredOutput' | 'logprobs';
/** Each need with the field of the request that it comes from: the refusal names it. */
export type Needs = Readonly<Partial<Record<Need, string>>>;

export interface RouteQuestion {
  operation: 'chat' | 'embedding';
  /** The provider that the client named, or 'auto'. */
  provider: string;
  model: string;
  /** false pins the route to its first provider. */
  mayFallBack: boolean;
  /** A model that lacks one of them is not in the plan. */
  needs?: Needs;
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
  if (lacking(capabilities, question.needs).length > 0) return [];
  return [{ providerId: provider.id, endpointId: provider.id, model, capabilities }];
}

/** What of it a model can't do. */
export function lacking(capabilities: ModelCapabilities, needs: Needs = {}): Need[] {
  return (Object.keys(needs) as Need[]).filter((need) => !capabilities[need]);
}
