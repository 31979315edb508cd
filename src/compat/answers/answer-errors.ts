import type { ErrorCode } from '../../common/errors/error-codes.js';

/** What an answer may be refused with, or fail with before it has begun. */
export const ANSWER_ERRORS: readonly ErrorCode[] = [
  'VALIDATION_ERROR',
  'CONTEXT_LENGTH_EXCEEDED',
  'CONTENT_FILTERED',
  'UNAUTHORIZED',
  'INSUFFICIENT_CREDITS',
  'FORBIDDEN',
  'MODEL_NOT_FOUND',
  'CONFLICT',
  'RESUME_EXPIRED',
  'PAYLOAD_TOO_LARGE',
  'RATE_LIMIT_EXCEEDED',
  'LIMIT_EXCEEDED',
  'ALL_PROVIDERS_FAILED',
  'UPSTREAM_LOST',
  'QUEUE_OVERFLOW',
  'UNAVAILABLE',
];
