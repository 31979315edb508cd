import type { HoldClaim } from '../auth/role-table.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { creditsNumber } from '../common/money/micro-credits.js';
import type { ExceededLimit, HoldOperation, HoldResult, StreamKey } from '../billing/ledger/ledger-operations.js';
import { quotaRefusal } from '../billing/ledger/quota-refusal.js';
import { INITIAL_OUTPUT_TOKENS } from '../billing/pricing/hold-size.js';
import { isDearer } from '../billing/pricing/model-price.js';
import { priceSnapshot } from '../billing/pricing/price-snapshot.js';
import { measurePrompt, promptTokensAt, promptTokensBoundAt } from '../billing/pricing/prompt-size.js';
import type { Tariff } from '../billing/pricing/tariff.js';
import type { ModelReference } from '../config/gateway-config/gateway-config.js';
import type { RouteStep } from '../orchestrator/route-plan.js';
import { mayThinkUnseen, type AnswerJob, type PricedStep } from './answer-job.js';
import type { CompletionRequest } from './completion-request.js';
import { LONGEST_ANSWER_MS } from './running-answer.js';

/** Output tokens asked for upstream where the client names no limit and the model allows as many. */
const DEFAULT_OUTPUT_LIMIT = 16_384;
/** A balance that covers fewer output tokens than this is too low for an answer. */
const FEWEST_OUTPUT_TOKENS = 16;
/** The hold's own deadline: a little beyond the answer's, so that the reaper comes only when the owner failed to. */
export const HOLD_TTL_MS = LONGEST_ANSWER_MS + 60_000;

/**
 * The steps of a route that have a price; a model without one is never used.
 * @param meaning what the request's model is an alias of: one of them is enough
 * @throws GatewayError MODEL_NOT_FOUND where nobody serves the model or no first choice has a price
 */
export function pricedSteps(
  request: Pick<CompletionRequest, 'model' | 'type'>,
  steps: readonly RouteStep[],
  tariff: Tariff,
  meaning: readonly ModelReference[] = [],
): PricedStep[] {
  const [first] = steps;
  if (!first)
    throw new GatewayError(
      'MODEL_NOT_FOUND',
      `No configured provider serves '${request.model}' for ${request.type} requests.`,
    );
  const priced = steps.flatMap((step) => {
    const price = tariff.priceOf(step.providerId, step.model);
    return price ? [{ ...step, price }] : [];
  });
  const isWorthIt = ({ onlyAfter, price }: PricedStep) =>
    onlyAfter !== 'model_not_found' || !isDearer(price, priced[0]!.price); // it must not make every hold larger
  const isFirstChoice = (model: string) => model === first.model || meaning.some((each) => each.model === model);
  if (!priced[0] || !isFirstChoice(priced[0].model)) {
    const what = first.model === request.model ? '' : `, which '${request.model}' stands for`;
    throw new GatewayError(
      'MODEL_NOT_FOUND',
      `No price is known for '${first.model}'${what}, at the providers that are configured here, so it can't be used; name a listed model.`,
    );
  }
  return priced.filter(isWorthIt);
}

/**
 * What is to be held for a request, before it is known whether the balance covers it.
 * @param claim whose hold it is; of no matter where nothing is held anew
 */
export function prepareJob(
  key: StreamKey,
  request: CompletionRequest,
  steps: readonly PricedStep[],
  tariff: Tariff,
  claim: HoldClaim = {},
): AnswerJob {
  const prompt = measurePrompt(request);
  const prompts = steps.map(({ price, model }) => ({ price, tokensBound: promptTokensBoundAt(model, prompt) }));
  const outputLimit = request.type === 'embedding' ? 0 : outputLimitOf(request, steps);
  const isWholeLimitHeld = request.maxTokens !== undefined || mayThinkUnseen(request, steps);
  return {
    key,
    request,
    claim,
    steps,
    size: tariff.holdSize(prompts),
    heldTokens: isWholeLimitHeld ? outputLimit : Math.min(outputLimit, INITIAL_OUTPUT_TOKENS),
    outputLimit,
    isClamped: false,
    prompt,
    promptTokens: promptTokensAt(steps[0]!.model, prompt),
    promptTokensBound: Math.max(...prompts.map(({ tokensBound }) => tokensBound)),
    receivedAtMs: performance.now(),
  };
}

/**
 * The same job within what is available, where the client allows that and it makes sense.
 * @returns undefined: the balance is too low
 */
export function clampJob(job: AnswerJob, available: bigint): AnswerJob | undefined {
  if (!job.request.mayClampToBalance || job.outputLimit === 0) return undefined;
  const affordable = Math.min(job.size.outputTokensWithin(available), job.outputLimit);
  if (affordable < Math.min(FEWEST_OUTPUT_TOKENS, job.outputLimit)) return undefined;
  return {
    ...job,
    outputLimit: affordable,
    heldTokens: Math.min(job.heldTokens, affordable),
    isClamped: affordable < job.outputLimit,
  };
}

/** The hold of a job, with what the reaper needs to charge it if this node dies. */
export function holdOperation(job: AnswerJob, tariff: Tariff, ttlMs: number): HoldOperation {
  const { request, steps, promptTokens, promptTokensBound, outputLimit } = job;
  const [first] = steps as [PricedStep, ...PricedStep[]];
  const chain = steps.map(({ providerId, model }) => `${providerId}/${model}`);
  const terms = JSON.stringify({
    type: request.type,
    model: first.model,
    provider: first.providerId,
    chain,
    promptTokens,
    promptTokensBound,
    outputLimit,
    ...(job.cached ? { cached: true } : {}),
    price: priceSnapshot(first.price, promptTokens),
  });
  return {
    ...job.key,
    ...job.claim,
    fingerprint: request.fingerprint,
    amount: job.size.amountFor(job.heldTokens),
    ttlMs,
    terms: `${terms.slice(0, -1)},"reap":${tariff.reaperTerms(first.price, promptTokens)}}`,
  };
}

/** The client's view of a refused hold. */
export function holdRefused(
  { result, available, quota }: HoldResult,
  job: AnswerJob,
  buyUrl: string | undefined,
): GatewayError {
  switch (result) {
    case 'insufficient':
    case 'no_account':
      return new GatewayError(
        'INSUFFICIENT_CREDITS',
        'The balance does not cover this request; nothing was charged, and the same id may be used after a top-up.',
        {
          details: {
            needed: creditsNumber(job.size.amountFor(job.heldTokens)),
            available: creditsNumber(available ?? 0n),
            ...(buyUrl === undefined ? {} : { buyUrl }),
          },
        },
      );
    case 'frozen':
      return new GatewayError('FORBIDDEN', 'The account is frozen; an administrator can say why.');
    case 'conflict':
      return idConflict();
    case 'limited':
      return quotaRefusal(quota as ExceededLimit);
    case 'revoked':
      return new GatewayError('UNAUTHORIZED', 'This access was revoked; an administrator can say why.');
    case 'held':
    case 'duplicate':
    case 'invalid':
      return new GatewayError('INTERNAL', 'The ledger refused the request.', { cause: new Error(`hold: ${result}`) });
    default:
      return result satisfies never;
  }
}

export function idConflict(): GatewayError {
  return new GatewayError(
    'CONFLICT',
    'id was used before for another request. Ids must be unique for ever: use a UUID (a page that counts from 1 meets its old answers after a reload).',
  );
}

function outputLimitOf({ maxTokens }: CompletionRequest, [first]: readonly PricedStep[]): number {
  return maxTokens ?? Math.min(first!.capabilities.maxOutputTokens, DEFAULT_OUTPUT_LIMIT);
}
