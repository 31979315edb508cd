import { ERROR_CODES, type ErrorCode } from './error-codes.js';

export interface GatewayErrorOptions {
  /** Machine-readable facts for the client; never a secret, a prompt or a stack. */
  details?: Record<string, unknown>;
  /** When trying again makes sense, in milliseconds from now. */
  retryAfterMs?: number;
  cause?: unknown;
}

/** What the client sees of an error, on the WebSocket and in a REST body alike. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  retryAfterMs?: number;
  details?: Record<string, unknown>;
}

/** The base of every error that reaches a client. What it is follows from `code` alone; nobody reads `message`. */
export class GatewayError extends Error {
  readonly httpStatus: number;
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: GatewayErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'GatewayError';
    this.httpStatus = ERROR_CODES[code].httpStatus;
    this.isRetryable = ERROR_CODES[code].isRetryable;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
  }

  /** The body as the wire shows it, without absent fields. */
  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      retryable: this.isRetryable,
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }

  /** Any thrown value as an error that may be shown: what is not ours becomes INTERNAL and keeps its text to itself. */
  static from(error: unknown): GatewayError {
    if (error instanceof GatewayError) return error;
    return new GatewayError('INTERNAL', 'Something went wrong on our side.', {
      cause: error,
    });
  }
}
