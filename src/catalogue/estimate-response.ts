import { creditsNumber } from '../common/money/micro-credits.js';
import type { PricedStep } from '../completions/answer-job.js';
import type { RequestEstimate } from '../completions/request-estimates.service.js';
import type { EstimateReason, EstimateResponse, EstimateStep } from './estimate.dto.js';

/**
 * An estimate as clients see it.
 * @param available ids of the providers that a request would be sent to now
 * @param expectedOutputTokens for `expected`; undefined: it is left out
 */
export function estimateResponse(
  estimate: RequestEstimate,
  available: ReadonlySet<string>,
  expectedOutputTokens?: number,
): EstimateResponse {
  const { account, isCached, isClamped, isAccepted, outputLimit, holdAtMost } = estimate;
  const chain = chainOf(estimate.chain, available);
  const isCovered = isAccepted && !isClamped && account.available >= holdAtMost;
  return {
    model: chain[0]!.model,
    provider: chain[0]!.provider,
    chain,
    cached: isCached,
    promptTokens: estimate.promptTokens,
    promptTokensBound: estimate.promptTokensBound,
    outputLimit,
    holdAtFirst: creditsNumber(estimate.holdAtFirst),
    holdAtMost: creditsNumber(holdAtMost),
    ...(expectedOutputTokens === undefined
      ? {}
      : { expected: creditsNumber(estimate.costOf(Math.min(expectedOutputTokens, outputLimit))) }),
    price: estimate.price,
    available: creditsNumber(account.available),
    isCovered,
    isAccepted,
    ...(isClamped ? { willBeClampedTo: outputLimit } : {}),
    reasons: reasonsOf(estimate, isCovered, isCached || chain.some((step) => step.available && !step.onlyAfter)),
  };
}

function reasonsOf(
  { account, isAccepted, isClamped }: RequestEstimate,
  isCovered: boolean,
  isServed: boolean,
): EstimateReason[] {
  const reasons: EstimateReason[] = [];
  if (account.isFrozen) reasons.push('account_frozen');
  else if (!isAccepted) reasons.push('insufficient_credits');
  else if (isClamped) reasons.push('clamped_to_balance');
  else if (!isCovered) reasons.push('credits_may_run_out');
  if (!isServed) reasons.push('providers_unavailable');
  return reasons;
}

/** A provider may have several keys for a model, which is the same to a client. */
function chainOf(steps: readonly PricedStep[], available: ReadonlySet<string>): EstimateStep[] {
  const distinct = steps.filter(
    (step, index) =>
      index === steps.findIndex((other) => other.providerId === step.providerId && other.model === step.model),
  );
  return distinct.map(({ providerId, model, onlyAfter }) => ({
    provider: providerId,
    model,
    available: available.has(providerId),
    ...(onlyAfter === undefined ? {} : { onlyAfter }),
  }));
}
