import { GatewayError } from '../common/errors/gateway-error.js';
import type { ProviderError } from '../providers/contract/provider-error.js';
import { queueOverflow } from './admission/queue-overflow.js';
import type { AttemptRecord } from './attempt-log.js';

/** The client's view of a failure that no other provider would mend. */
export function requestFailure(error: ProviderError): GatewayError {
  const details = { provider: error.providerId };
  switch (error.kind) {
    case 'context_length_exceeded':
      return new GatewayError(
        'CONTEXT_LENGTH_EXCEEDED',
        "The conversation is longer than the model's context window; shorten messages.",
        { details, cause: error },
      );
    case 'content_filtered':
      return new GatewayError('CONTENT_FILTERED', `The provider declined the content: ${error.message}`, {
        details,
        cause: error,
      });
    case 'aborted':
      return new GatewayError('CANCELLED', 'The request was cancelled.', { cause: error });
    default:
      return new GatewayError('VALIDATION_ERROR', `The provider refused the request: ${error.message}`, {
        details,
        cause: error,
      });
  }
}

const LIMITED: ReadonlySet<AttemptRecord['outcome']> = new Set(['rate_limited', 'cooling_down']);
const BUSY: ReadonlySet<AttemptRecord['outcome']> = new Set([...LIMITED, 'queue_full']);

/** When a provider may be asked again, in milliseconds. */
export interface RouteProspects {
  /** The first of their rate limits ends; Infinity: none limits our rate. */
  rateLimitMs: number;
  /** There is room in the first of the lines before them. */
  queueMs: number;
}

/** What the client is told when the route is at its end. */
export function routeFailure(
  attempts: readonly AttemptRecord[],
  { rateLimitMs, queueMs }: RouteProspects,
): GatewayError {
  const details = {
    attempts: attempts.map(({ provider, model, outcome, status }) => ({ provider, model, reason: outcome, status })),
  };
  if (attempts.length > 0 && attempts.every(({ outcome }) => LIMITED.has(outcome))) {
    return new GatewayError(
      'RATE_LIMIT_EXCEEDED',
      'Every provider that could answer is limiting our rate; try again later.',
      {
        details,
        retryAfterMs: Number.isFinite(rateLimitMs) ? Math.ceil(rateLimitMs) : 0,
      },
    );
  }
  if (attempts.length > 0 && attempts.every(({ outcome }) => BUSY.has(outcome))) {
    return queueOverflow(Math.ceil(Math.min(rateLimitMs, queueMs)), details);
  }
  if (attempts.length > 0 && attempts.every(({ outcome }) => outcome === 'model_not_found')) {
    return new GatewayError('MODEL_NOT_FOUND', 'No provider knows this model.', { details });
  }
  return new GatewayError('ALL_PROVIDERS_FAILED', 'No provider could answer; nothing was charged.', {
    details,
    retryAfterMs: 1_000,
  });
}
