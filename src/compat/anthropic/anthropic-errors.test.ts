import Anthropic from '@anthropic-ai/sdk';
import { ERROR_CODES, type ErrorCode } from '../../common/errors/error-codes.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { ANTHROPIC_ERRORS } from './anthropic-errors.js';

/** What the official client makes of it. */
function seen(code: ErrorCode, message = 'sorry', details?: Record<string, unknown>) {
  const error = new GatewayError(code, message, details ? { details } : {});
  const body = ANTHROPIC_ERRORS.errorBody(error, 'req-1');
  return Anthropic.APIError.generate(ANTHROPIC_ERRORS.httpStatus!(error), body, undefined, new Headers());
}

describe("an error as Anthropic's clients see it", () => {
  it.each<[ErrorCode, string, new (...args: never[]) => Error]>([
    ['VALIDATION_ERROR', 'invalid_request_error', Anthropic.BadRequestError],
    ['CONTENT_FILTERED', 'invalid_request_error', Anthropic.BadRequestError],
    ['UNAUTHORIZED', 'authentication_error', Anthropic.AuthenticationError],
    ['INSUFFICIENT_CREDITS', 'billing_error', Anthropic.PaymentRequiredError],
    ['FORBIDDEN', 'permission_error', Anthropic.PermissionDeniedError],
    ['MODEL_NOT_FOUND', 'not_found_error', Anthropic.NotFoundError],
    ['CONFLICT', 'conflict_error', Anthropic.ConflictError],
    ['RESUME_EXPIRED', 'conflict_error', Anthropic.ConflictError],
    ['PAYLOAD_TOO_LARGE', 'request_too_large', Anthropic.ContentTooLargeError],
    ['RATE_LIMIT_EXCEEDED', 'rate_limit_error', Anthropic.RateLimitError],
    ['LIMIT_EXCEEDED', 'rate_limit_error', Anthropic.RateLimitError],
    ['INTERNAL', 'api_error', Anthropic.InternalServerError],
    ['UPSTREAM_LOST', 'api_error', Anthropic.InternalServerError],
    ['ALL_PROVIDERS_FAILED', 'overloaded_error', Anthropic.OverloadedError],
    ['QUEUE_OVERFLOW', 'overloaded_error', Anthropic.OverloadedError],
    ['UNAVAILABLE', 'overloaded_error', Anthropic.OverloadedError],
  ])('%s is a %s', (code, type, kind) => {
    const error = seen(code);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ type, apiMessage: 'sorry', errorCode: code });
  });

  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('%s is worth a repeat there where it is one to us', (code) => {
    const status = ANTHROPIC_ERRORS.httpStatus!(new GatewayError(code, ''));
    const isRetried = status === 409 || status === 429 || status >= 500;
    // these are repeated as well, unless X-Should-Retry says not to, as it does for all that makes no sense to repeat
    expect(isRetried).toBe(ERROR_CODES[code].isRetryable || status === 409 || code === 'SUBMIT_UNKNOWN');
  });

  it('brings the facts with it', () => {
    const error = seen('INSUFFICIENT_CREDITS', 'no', { needed: 5, available: 1 });
    expect(error.details).toEqual({ error_code: 'INSUFFICIENT_CREDITS', needed: 5, available: 1 });
  });

  it('says that a prompt is too long in the words that clients look for', () => {
    expect(seen('CONTEXT_LENGTH_EXCEEDED', 'Shorten it.').apiMessage).toBe('prompt is too long: Shorten it.');
  });
});
