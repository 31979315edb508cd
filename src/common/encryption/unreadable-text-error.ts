import { GatewayError } from '../errors/gateway-error.js';

const RETRY_AFTER_MS = 30_000;

/**
 * A kept text that can't be opened. Without its key: UNAVAILABLE, as the operator may set the key again, and nothing is
 * lost by then. Not what was sealed there: INTERNAL.
 */
export class UnreadableTextError extends GatewayError {
  /** @param column where it is kept: table and column, no word of it */
  constructor(column: string, why: 'no key' | 'broken', options: { cause?: unknown } = {}) {
    if (why === 'no key') {
      const message = 'What is kept of this is encrypted with a key that is not configured; ask again later.';
      super('UNAVAILABLE', message, { ...options, retryAfterMs: RETRY_AFTER_MS, details: { column } });
    } else {
      super('INTERNAL', 'What is kept of this is not what was stored.', { ...options, details: { column } });
    }
    this.name = 'UnreadableTextError';
  }
}
