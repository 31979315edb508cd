import { GatewayError } from '../../common/errors/gateway-error.js';

/** The refusal of a request that found no room before any provider, or waited for one for too long. */
export function queueOverflow(retryAfterMs: number, details?: Record<string, unknown>): GatewayError {
  return new GatewayError(
    'QUEUE_OVERFLOW',
    'Too many requests wait for the providers; this one was not answered, and nothing was charged.',
    { retryAfterMs, ...(details === undefined ? {} : { details }) },
  );
}
