import type { ErrorCode } from '../../common/errors/error-codes.js';
import type { GatewayError } from '../../common/errors/gateway-error.js';
import type { ErrorWire } from '../wire.js';

interface AnthropicName {
  type: string;
  httpStatus: number;
}

const INVALID = { type: 'invalid_request_error', httpStatus: 400 };
const NOT_FOUND = { type: 'not_found_error', httpStatus: 404 };
const RATE_LIMIT = { type: 'rate_limit_error', httpStatus: 429 };
const CONFLICT = { type: 'conflict_error', httpStatus: 409 };
const BROKEN = { type: 'api_error', httpStatus: 500 };
/** What Anthropic says when it has no room: clients know it as "wait, then try again". */
const OVERLOADED = { type: 'overloaded_error', httpStatus: 529 };

/**
 * Anthropic's `type` and status of an error (https://platform.claude.com/docs/en/api/errors). Its clients make classes of
 * the status, and retry 409, 429 and 5xx unless a header says not to.
 */
export const ANTHROPIC_NAMES: Readonly<Record<ErrorCode, AnthropicName>> = {
  VALIDATION_ERROR: INVALID,
  CONTEXT_LENGTH_EXCEEDED: INVALID,
  CONTENT_FILTERED: INVALID,
  UNAUTHORIZED: { type: 'authentication_error', httpStatus: 401 },
  INSUFFICIENT_CREDITS: { type: 'billing_error', httpStatus: 402 },
  FORBIDDEN: { type: 'permission_error', httpStatus: 403 },
  NOT_FOUND,
  MODEL_NOT_FOUND: NOT_FOUND,
  CONFLICT,
  RESUME_EXPIRED: CONFLICT,
  PAYLOAD_TOO_LARGE: { type: 'request_too_large', httpStatus: 413 },
  UNSUPPORTED_VIDEO: INVALID,
  RATE_LIMIT_EXCEEDED: RATE_LIMIT,
  LIMIT_EXCEEDED: RATE_LIMIT,
  INTERNAL: BROKEN,
  ALL_PROVIDERS_FAILED: OVERLOADED,
  UPSTREAM_LOST: BROKEN,
  UPSTREAM_RETIRED: BROKEN,
  SUBMIT_UNKNOWN: BROKEN,
  QUEUE_OVERFLOW: OVERLOADED,
  UNAVAILABLE: OVERLOADED,
  CANCELLED: { type: 'api_error', httpStatus: 499 },
};

/** Clients look for these words of Anthropic's to shorten the conversation by themselves. */
const TOO_LONG = 'prompt is too long';

/** Errors as Anthropic's clients want them; our own code and facts stand in `details`, where they look for such. */
export const ANTHROPIC_ERRORS: ErrorWire = {
  httpStatus: ({ code }) => ANTHROPIC_NAMES[code].httpStatus,
  errorBody: (error, requestId) => ({ type: 'error', error: anthropicError(error), request_id: requestId }),
};

/** The inner object, which a stream's error event has too. A code of Anthropic's own in `details` comes before ours. */
export function anthropicError({ code, message, details }: GatewayError): object {
  return {
    type: ANTHROPIC_NAMES[code].type,
    message: code === 'CONTEXT_LENGTH_EXCEEDED' ? `${TOO_LONG}: ${message}` : message,
    details: { error_code: code, ...details },
  };
}
