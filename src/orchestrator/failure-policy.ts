import type { ProviderError } from '../providers/contract/provider-error.js';

/** What follows from a failed attempt. */
export type Verdict =
  /** The same step again, after a pause. */
  | { action: 'retry'; pauseMs: number }
  /** The next step of the plan. */
  | { action: 'next' }
  /** No other provider would do better: the request itself is at fault, or we hung up. */
  | { action: 'stop' };

/** Jitter keeps many requests that failed together from coming back together. */
const RETRY_PAUSE_MS = { least: 100, most: 300 };
/** A momentary fault of a server that is there; an overloaded one (503, 529) is better left alone. */
const MOMENTARY_STATUSES = new Set([500, 502]);

/**
 * Decides by the kind of error and the number of attempts alone (docs/architecture.md, fault table).
 * @param attemptsOnStep how many attempts this step has had, the failed one included; 1 or more
 */
export function judge(error: ProviderError, attemptsOnStep: number): Verdict {
  switch (error.kind) {
    case 'server_error':
      return attemptsOnStep === 1 && MOMENTARY_STATUSES.has(error.status ?? 0) ? retry() : { action: 'next' };
    case 'unreachable':
      return attemptsOnStep === 1 && error.onReusedConnection ? { action: 'retry', pauseMs: 0 } : { action: 'next' };
    case 'rate_limited':
    case 'quota_exhausted':
    case 'unauthorized':
    case 'timeout':
    case 'stream_broken':
    case 'malformed_response':
    case 'model_not_found':
      return { action: 'next' };
    case 'context_length_exceeded':
    case 'content_filtered':
    case 'bad_request':
    case 'aborted':
      return { action: 'stop' };
    default:
      return error.kind satisfies never;
  }
}

function retry(): Verdict {
  const { least, most } = RETRY_PAUSE_MS;
  return { action: 'retry', pauseMs: least + Math.random() * (most - least) };
}
