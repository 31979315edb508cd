import type { HoldClaim } from '../auth/role-table.js';
import type { StreamKey } from '../billing/ledger/ledger-operations.js';
import type { HoldSize } from '../billing/pricing/hold-size.js';
import type { ModelPrice } from '../billing/pricing/model-price.js';
import type { PromptSize } from '../billing/pricing/prompt-size.js';
import type { RouteStep } from '../orchestrator/route-plan.js';
import type { TextRequest } from '../providers/contract/text-request.js';
import type { CachedAnswer } from './cache/cached-answer.js';
import type { CompletionRequest } from './completion-request.js';

/** A step of the route with what it costs there; a step without a price is never walked. */
export interface PricedStep extends RouteStep {
  price: ModelPrice;
}

/** Everything an answer needs once its credits are held. */
export interface AnswerJob {
  key: StreamKey;
  request: CompletionRequest;
  /** The limits of whoever asks, and the token. */
  claim: HoldClaim;
  steps: readonly PricedStep[];
  size: HoldSize;
  /** Output tokens that the hold covers so far. */
  heldTokens: number;
  /** Output tokens that are asked for upstream. */
  outputLimit: number;
  /** The limit is what the balance covers, less than was asked for. */
  isClamped: boolean;
  prompt: PromptSize;
  /** Our estimate of the prompt at the first step, in tokens. */
  promptTokens: number;
  /** The most that any step may count it as. */
  promptTokensBound: number;
  /** It is answered with this, at no cost; absent: by a provider. */
  cached?: CachedAnswer;
  /** When the request came in (performance.now()). */
  receivedAtMs: number;
}

/**
 * The request of one step. A stand-in model may allow less output than was asked of the first one; and one that thinks
 * unseen is asked not to where the first one doesn't and nobody asked for it, as the hold covers what is shown.
 */
export function textRequest({ request, outputLimit, steps }: AnswerJob, step: RouteStep): TextRequest {
  const isFirstChoice = step.model === steps[0]?.model;
  const isQuiet = step.capabilities.hiddenReasoning && !mayThinkUnseen(request, steps);
  return {
    model: step.model,
    messages: request.messages,
    maxOutputTokens: isFirstChoice ? outputLimit : Math.min(outputLimit, step.capabilities.maxOutputTokens),
    ...(isQuiet ? { reasoning: { effort: 'none' } } : {}),
    ...request.options,
  };
}

/** Whether tokens may be spent that nothing shown counts: by a model that thinks by itself, or because it is asked to. */
export function mayThinkUnseen({ options }: CompletionRequest, steps: readonly RouteStep[]): boolean {
  const isWanted = options.reasoning !== undefined && options.reasoning.effort !== 'none'; // a summary is shown of it at best
  return isWanted || steps[0]?.capabilities.hiddenReasoning === true;
}
