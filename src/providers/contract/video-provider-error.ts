/** What went wrong at a video provider. Whoever called decides by this word alone. */
export type VideoErrorKind =
  /** Nothing was sent: no connection came about. It may be tried again. */
  | 'not_sent'
  /** A submit may have begun a job all the same: it was sent, and no answer says otherwise. Never to be sent again. */
  | 'unknown_outcome'
  /** Not now: `retryAfterMs` says when (429, 503). */
  | 'rate_limited'
  /** The account at the provider has no money or quota left. */
  | 'quota_exhausted'
  /** The provider answered a question with that it failed. An order that is answered so is `unknown_outcome`. */
  | 'server_error'
  /** An answer didn't come, or broke off; the question did no harm and may be asked again. */
  | 'unreachable'
  /** The answer is not what the wire promises. */
  | 'malformed_response'
  /** Our key was refused. */
  | 'unauthorized'
  /** The model, or the whole service, is no longer there. */
  | 'retired'
  /** The provider doesn't know the job. */
  | 'job_not_found'
  /** The result is no longer kept there. */
  | 'expired'
  /** The provider refuses the content. */
  | 'moderated'
  /** Another fault of the request itself. */
  | 'bad_request'
  /** We hung up. */
  | 'aborted';

export interface VideoErrorOptions {
  /** HTTP status, where there was one. */
  status?: number;
  /** What the provider asked us to wait, in milliseconds. */
  retryAfterMs?: number;
  /** The provider's own code: letters, digits, '_', '-' and '.', at most 100. */
  code?: string;
  cause?: unknown;
}

/** The one error that a video strategy throws. `message` may hold the vendor's own words: it goes to no log and no client. */
export class VideoProviderError extends Error {
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly code: string | undefined;

  constructor(
    readonly providerId: string,
    readonly kind: VideoErrorKind,
    message: string,
    options: VideoErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'VideoProviderError';
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.code = options.code;
  }
}
