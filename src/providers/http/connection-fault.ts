import { ProviderError, type ProviderErrorKind } from '../contract/provider-error.js';
import { isOnReusedConnection } from './reused-connections.js';

const TIMEOUT_CODES: ReadonlySet<string> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

/** Our hanging up, with what made us do it. */
export function abortedError(providerId: string, signal: AbortSignal): ProviderError {
  return new ProviderError(providerId, 'aborted', 'The call was aborted', { cause: signal.reason });
}

/** A failure before the answer began: refused, reset, unknown host, no connection in time, or no HTTP at all. */
export function connectionError(providerId: string, fault: unknown): ProviderError {
  const code = codeOf(fault);
  const kind = connectionFaultKind(code);
  return new ProviderError(providerId, kind, `No answer from the provider (${code ?? 'no code'})`, {
    cause: fault,
    onReusedConnection: kind === 'unreachable' && isOnReusedConnection(fault),
  });
}

function connectionFaultKind(code: string | undefined): ProviderErrorKind {
  if (code === undefined) return 'unreachable';
  if (TIMEOUT_CODES.has(code)) return 'timeout';
  // llhttp's own codes (HPE_INVALID_CONSTANT …) and headers beyond the limit: somebody answers, but not in HTTP.
  return code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW' ? 'malformed_response' : 'unreachable';
}

function codeOf(fault: unknown): string | undefined {
  const code = fault instanceof Error ? (fault as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
