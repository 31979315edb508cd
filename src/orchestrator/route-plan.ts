import type { ModelReference } from '../config/gateway-config/gateway-config.js';
import type { ModelCapabilities, TextProvider } from '../providers/contract/text-provider.js';
import type { Deadlines } from './deadlines.js';

/** A failure that opens steps which are closed otherwise. */
export type OpeningFailure = 'context_length_exceeded' | 'content_filtered' | 'model_not_found';

/** One try of the plan: this model, there. */
export interface RouteStep {
  providerId: string;
  /** The provider's key or deployment: what has a circuit breaker and cools down. Its name is the provider's where it is the only one. */
  endpointId: string;
  /** What talks to it. A route that was planned goes on with it, whatever is configured meanwhile. */
  strategy: TextProvider;
  /** Its share among the endpoints of its provider. */
  weight: number;
  /** Steps of one rank are equals: which comes first is decided for each request. */
  rank: number;
  model: string;
  capabilities: ModelCapabilities;
  /** What configuration says of the model's deadlines; the usual ones hold for the others. */
  deadlines?: Partial<Deadlines>;
  /** Requests at once of the models that a rule of the configuration fits, at this provider; absent: as many as it takes. */
  modelBound?: { rule: string; concurrency: number };
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
  endpoints: readonly { id: string; weight: number; strategy: TextProvider }[];
  /** Whether it is known which models it has; otherwise whoever names it knows. */
  knowsItsModels: boolean;
  /** Whether it may be asked for a model at all. */
  serves(model: string): boolean;
  capabilities(model: string): ModelCapabilities;
}

/** What is configured about models. */
export interface RouteRules {
  /** What a client's name for a model means: itself, or what it is an alias of. */
  meaningOf(model: string): readonly ModelReference[];
  /** Which models stand in for one when nobody answers with it. */
  fallbacksOf(model: string): readonly ModelReference[];
  /** Which models may take what this one refused. */
  fallbacksAfter(refusal: 'context_length_exceeded' | 'content_filtered', model: string): readonly ModelReference[];
  /** The model of a provider that is most like one that it does not know (any more). */
  similarTo(model: string, providerId: string): string | undefined;
  deadlinesOf(model: string, providerId: string): Partial<Deadlines>;
  boundOf(model: string, providerId: string): RouteStep['modelBound'];
}

/** What of it a model can't do. */
export function lacking(capabilities: ModelCapabilities, needs: Needs = {}): Need[] {
  return (Object.keys(needs) as Need[]).filter((need) => !capabilities[need]);
}
