import type { ErrorCode } from '../../common/errors/error-codes.js';
import type { GatewayError } from '../../common/errors/gateway-error.js';
import type { ErrorWire } from '../wire.js';

/** Anthropic's `type` of an error (https://platform.claude.com/docs/en/api/errors). */
const TYPES: Readonly<Record<ErrorCode, string>> = {
  VALIDATION_ERROR: 'invalid_request_error',
  CONTEXT_LENGTH_EXCEEDED: 'invalid_request_error',
  CONTENT_FILTERED: 'invalid_request_error',
  UNAUTHORIZED: 'authentication_error',
  INSUFFICIENT_CREDITS: 'billing_error',
  FORBIDDEN: 'permission_error',
  NOT_FOUND: 'not_found_error',
  MODEL_NOT_FOUND: 'not_found_error',
  CONFLICT: 'conflict_error',
  RESUME_EXPIRED: 'invalid_request_error',
  PAYLOAD_TOO_LARGE: 'request_too_large',
  RATE_LIMIT_EXCEEDED: 'rate_limit_error',
  LIMIT_EXCEEDED: 'rate_limit_error',
  INTERNAL: 'api_error',
  ALL_PROVIDERS_FAILED: 'api_error',
  UPSTREAM_LOST: 'api_error',
  QUEUE_OVERFLOW: 'overloaded_error',
  UNAVAILABLE: 'overloaded_error',
  CANCELLED: 'api_error',
};

/** Errors as Anthropic's clients want them; our own code and facts stand in `gateway` beside theirs. */
export const ANTHROPIC_ERRORS: ErrorWire = {
  errorBody: (error, requestId) => ({ type: 'error', error: anthropicError(error), request_id: requestId }),
};

/** The inner object, which a stream's error event has too. */
export function anthropicError({ code, message, details }: GatewayError): object {
  return { type: TYPES[code], message, gateway: { code, ...(details === undefined ? {} : { details }) } };
}
