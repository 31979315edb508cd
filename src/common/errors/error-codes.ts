/**
 * The one table of error codes: what a client sees in `error.code`, the HTTP status it has on REST, and whether the
 * same request may be tried again. docs/errors.md says the same for users, and a test holds the two together.
 */
export const ERROR_CODES = {
  VALIDATION_ERROR: { httpStatus: 400, isRetryable: false },
  CONTEXT_LENGTH_EXCEEDED: { httpStatus: 400, isRetryable: false },
  CONTENT_FILTERED: { httpStatus: 400, isRetryable: false },
  UNAUTHORIZED: { httpStatus: 401, isRetryable: false },
  INSUFFICIENT_CREDITS: { httpStatus: 402, isRetryable: false },
  FORBIDDEN: { httpStatus: 403, isRetryable: false },
  NOT_FOUND: { httpStatus: 404, isRetryable: false },
  MODEL_NOT_FOUND: { httpStatus: 404, isRetryable: false },
  CONFLICT: { httpStatus: 409, isRetryable: false },
  RESUME_EXPIRED: { httpStatus: 410, isRetryable: false },
  PAYLOAD_TOO_LARGE: { httpStatus: 413, isRetryable: false },
  UNSUPPORTED_VIDEO: { httpStatus: 422, isRetryable: false },
  RATE_LIMIT_EXCEEDED: { httpStatus: 429, isRetryable: true },
  LIMIT_EXCEEDED: { httpStatus: 429, isRetryable: true },
  INTERNAL: { httpStatus: 500, isRetryable: true },
  ALL_PROVIDERS_FAILED: { httpStatus: 502, isRetryable: true },
  UPSTREAM_LOST: { httpStatus: 502, isRetryable: true },
  UPSTREAM_RETIRED: { httpStatus: 502, isRetryable: true },
  SUBMIT_UNKNOWN: { httpStatus: 502, isRetryable: false },
  QUEUE_OVERFLOW: { httpStatus: 503, isRetryable: true },
  UNAVAILABLE: { httpStatus: 503, isRetryable: true },
  CANCELLED: { httpStatus: 499, isRetryable: false },
} as const satisfies Record<string, { httpStatus: number; isRetryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;
