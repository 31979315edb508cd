import { backoffMs, type BackoffOptions } from './backoff.js';
import type { McpError } from './mcp-error.js';

/** A time without a connection that holds: how often it was tried, and for how long. */
export class Outage {
  /** Time spent in tries and pauses, in milliseconds; what the machine slept doesn't count. */
  waitedMs = 0;
  private failures = 0;
  private refusedTokens = 0;

  constructor(private readonly backoff: BackoffOptions) {}

  /** There is a connection that holds, or nobody wants one. */
  over(): void {
    this.waitedMs = 0;
    this.failures = 0;
    this.refusedTokens = 0;
  }

  /** The server let us in; whether it lasts is to be seen. */
  tokenAccepted(): void {
    this.refusedTokens = 0;
  }

  /** @returns whether another token is worth a try: two in a row are enough */
  tokenRefused(): boolean {
    return ++this.refusedTokens < 2;
  }

  /** A try failed, or a connection was lost. @returns the pause before the next try */
  failed(error: McpError, { atOnce = false } = {}): number {
    const failuresBefore = this.failures++;
    if (atOnce && failuresBefore === 0) return 0;
    return backoffMs(failuresBefore, this.backoff, error.retryAfterMs);
  }
}
