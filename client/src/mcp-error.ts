import type { AnswerMetadata, ErrorBody, Usage } from './protocol.js';

/** The server's codes (docs/errors.md there); it may have more by now. */
export type ServerErrorCode =
  | 'VALIDATION_ERROR'
  | 'CONTEXT_LENGTH_EXCEEDED'
  | 'CONTENT_FILTERED'
  | 'UNAUTHORIZED'
  | 'INSUFFICIENT_CREDITS'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'MODEL_NOT_FOUND'
  | 'CONFLICT'
  | 'RESUME_EXPIRED'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_VIDEO'
  | 'RATE_LIMIT_EXCEEDED'
  | 'LIMIT_EXCEEDED'
  | 'INTERNAL'
  | 'ALL_PROVIDERS_FAILED'
  | 'UPSTREAM_LOST'
  | 'UPSTREAM_RETIRED'
  | 'SUBMIT_UNKNOWN'
  | 'QUEUE_OVERFLOW'
  | 'UNAVAILABLE'
  | 'CANCELLED';

/** What only the client can know. */
export type ClientErrorCode =
  /** No connection within the patience; the answer may go on at the server. */
  | 'UNREACHABLE'
  /** `close()` was called; the answer goes on at the server. */
  | 'CLOSED'
  /** The answer began anew, and this loop can't take back what it gave. */
  | 'RESTARTED'
  /** What talks there does not keep the protocol. */
  | 'PROTOCOL';

export type ErrorCode = ServerErrorCode | ClientErrorCode | (string & {});

export interface McpErrorFacts {
  retryable?: boolean;
  retryAfterMs?: number | undefined;
  details?: Record<string, unknown> | undefined;
  usage?: Usage | undefined;
  metadata?: AnswerMetadata | undefined;
  balance?: number | undefined;
  requestId?: string | undefined;
  cause?: unknown;
}

/** Every error of this library. Branch on `code`; the message is for people. */
export class McpError extends Error {
  override readonly name = 'McpError';
  /** Whether trying again, with a new id, may help. */
  readonly retryable: boolean;
  /** When that makes sense, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;
  readonly details: Record<string, unknown> | undefined;
  /** What was delivered, and charged, before the end. */
  readonly usage: Usage | undefined;
  readonly metadata: AnswerMetadata | undefined;
  readonly balance: number | undefined;
  readonly requestId: string | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    facts: McpErrorFacts = {},
  ) {
    super(message, 'cause' in facts ? { cause: facts.cause } : {});
    this.retryable = facts.retryable ?? false;
    this.retryAfterMs = facts.retryAfterMs;
    this.details = facts.details;
    this.usage = facts.usage;
    this.metadata = facts.metadata;
    this.balance = facts.balance;
    this.requestId = facts.requestId;
  }

  /** An error as the server tells it. RESUME_EXPIRED has its usage among the details. */
  static from({ code, message, retryable, retryAfterMs, details }: ErrorBody, facts: McpErrorFacts = {}): McpError {
    const stored = code === 'RESUME_EXPIRED' ? (details?.['usage'] as Usage | undefined) : undefined;
    return new McpError(code, message, { retryable, retryAfterMs, details, ...facts, usage: facts.usage ?? stored });
  }

  /** The same of one request; an error that has one already stays as it is. */
  about(requestId: string): McpError {
    if (this.requestId !== undefined) return this;
    return new McpError(this.code, this.message, { ...this, requestId, cause: this });
  }
}
