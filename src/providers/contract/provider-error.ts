/** What went wrong at a provider. The orchestrator decides by this word alone. */
export type ProviderErrorKind =
  /** 429 with room to come back: `retryAfterMs` says when. */
  | 'rate_limited'
  /** The account at the provider has no money or quota left. */
  | 'quota_exhausted'
  /** 5xx, overloaded, or an error event in the stream. */
  | 'server_error'
  /** No connection, or it was lost before an answer began. */
  | 'unreachable'
  /** A deadline passed: connection, headers, first content or the gap between chunks. */
  | 'timeout'
  /** The stream broke off after it had begun. */
  | 'stream_broken'
  /** The answer is not what the wire promises. */
  | 'malformed_response'
  /** Our key was refused (401, 403). */
  | 'unauthorized'
  /** The model is unknown or retired there (404, 410). */
  | 'model_not_found'
  /** The prompt is longer than the model's window. */
  | 'context_length_exceeded'
  /** The provider refuses the content. */
  | 'content_filtered'
  /** Another fault of the request itself (4xx). */
  | 'bad_request'
  /** We hung up: cancelled, or a deadline of ours that names itself in `cause`. */
  | 'aborted';

/** Faults of the request or of our hanging up; the provider proved itself alive by naming them. */
const NOT_THE_PROVIDERS_FAULT: ReadonlySet<ProviderErrorKind> = new Set([
  'model_not_found',
  'context_length_exceeded',
  'content_filtered',
  'bad_request',
  'aborted',
]);

/** Whether such a failure says something about the provider's health (it counts in its circuit breaker). */
export function countsAgainstProvider(kind: ProviderErrorKind): boolean {
  return !NOT_THE_PROVIDERS_FAULT.has(kind);
}

export interface ProviderErrorOptions {
  /** HTTP status, where there was one. */
  status?: number;
  /** What the provider asked us to wait, in milliseconds (at most 60,000). */
  retryAfterMs?: number;
  /** The failure came on a connection that had been used before: a new one may do. */
  onReusedConnection?: boolean;
  cause?: unknown;
}

/** The one error that a provider strategy throws. `message` may hold the vendor's own words: it goes to no log. */
export class ProviderError extends Error {
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly onReusedConnection: boolean;
  readonly countsAgainstProvider: boolean;

  constructor(
    readonly providerId: string,
    readonly kind: ProviderErrorKind,
    message: string,
    options: ProviderErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ProviderError';
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.onReusedConnection = options.onReusedConnection ?? false;
    this.countsAgainstProvider = countsAgainstProvider(kind);
  }
}
