import type { ModelCapabilities } from '../providers/contract/text-provider.js';
import { candidatesFor, type Candidate } from './route-candidates.js';
import { lacking, type ProviderFacts, type RouteQuestion, type RouteRules, type RouteStep } from './route-plan.js';

/**
 * The whole route, before anything is sent: the named provider first, then the others; `auto` begins where the model is
 * at home. A model of no known family is sent as it is to whoever takes any. After those that have the model come the
 * models that stand in for it, then those that are for a certain refusal. An embedding never changes its model: vectors
 * of two models can't be compared, whatever their length.
 *
 * @param providers in the order of preference
 * @returns an empty plan where no provider can serve the question
 */
export function planRoute(
  question: RouteQuestion,
  providers: readonly ProviderFacts[],
  rules: RouteRules,
): RouteStep[] {
  const isNamed = ({ provider }: Candidate) => provider.id === question.provider;
  const rank = (each: Candidate) => (isLast(each) ? 2_000 : isNamed(each) ? 0 : 1_000) + each.tier;
  const candidates = candidatesFor(question, providers, rules)
    .filter(({ provider, model }) => canServe(provider.capabilities(model), question))
    .filter((each) => question.mayFallBack || question.provider === 'auto' || isNamed(each))
    .sort((a, b) => rank(a) - rank(b)); // stable: the order of preference decides among equals
  return openFromTheStart(withoutRepeats(candidates)).flatMap((each) => stepsAt(each, rank(each), rules));
}

/** Nobody is asked before the first that is for every request: what is for a refusal alone can't come before it. */
function openFromTheStart(candidates: readonly Candidate[]): readonly Candidate[] {
  const first = candidates.findIndex(({ onlyAfter }) => onlyAfter === undefined);
  return first === -1 ? [] : candidates.slice(first);
}

function canServe(capabilities: ModelCapabilities, { operation, needs }: RouteQuestion): boolean {
  return (operation === 'chat' || capabilities.embeddings) && lacking(capabilities, needs).length === 0;
}

/** What is for a refusal of the request itself comes after everything else. */
function isLast({ onlyAfter }: Candidate): boolean {
  return onlyAfter !== undefined && onlyAfter !== 'model_not_found';
}

/** The same model at the same provider is asked once for the same reason. */
function withoutRepeats(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter((each) => {
    const name = `${each.provider.id} ${each.model} ${isLast(each) ? each.onlyAfter : ''}`;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function stepsAt({ provider, model, onlyAfter }: Candidate, rank: number, rules: RouteRules): RouteStep[] {
  const capabilities = provider.capabilities(model);
  const deadlines = rules.deadlinesOf(model, provider.id);
  const modelBound = rules.boundOf(model, provider.id);
  return provider.endpoints.map(({ id, weight, strategy }) => ({
    providerId: provider.id,
    endpointId: id,
    strategy,
    weight,
    rank,
    model,
    capabilities,
    deadlines,
    ...(modelBound ? { modelBound } : {}),
    ...(onlyAfter === undefined ? {} : { onlyAfter }),
  }));
}
