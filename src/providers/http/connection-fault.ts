import { ProviderError, type ProviderErrorKind } from '../contract/provider-error.js';
import { asObject, asText } from './json.js';
import { isOnReusedConnection } from './reused-connections.js';

const TIMEOUT_CODES: ReadonlySet<string> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

/**
 * What our `fetch` throws. The fault is no `cause`: the SDKs would look for the word "timeout" in it, and drop it where
 * they find one.
 */
export class ConnectionFault extends Error {
  constructor(readonly fault: unknown) {
    super('No answer');
    this.name = 'ConnectionFault';
  }
}

/** Our hanging up, with what made us do it. */
export function abortedError(providerId: string, signal: AbortSignal): ProviderError {
  return new ProviderError(providerId, 'aborted', 'The call was aborted', { cause: signal.reason });
}

/** A failure before the answer began: refused, reset, unknown host, no connection in time, or no HTTP at all. */
export function connectionError(providerId: string, error: unknown): ProviderError {
  const fault = error instanceof ConnectionFault ? error.fault : error;
  const { code, name } = wordsOf(fault);
  const kind = connectionFaultKind(code, name);
  return new ProviderError(providerId, kind, `No answer from the provider (${code ?? name ?? 'no code'})`, {
    cause: fault,
    onReusedConnection: kind === 'unreachable' && isOnReusedConnection(fault),
  });
}

function connectionFaultKind(code: string | undefined, name: string | undefined): ProviderErrorKind {
  if (code && TIMEOUT_CODES.has(code)) return 'timeout';
  // Somebody answers, but not in HTTP. undici gives this error no code in most cases.
  return name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW' ? 'malformed_response' : 'unreachable';
}

function wordsOf(fault: unknown): { code: string | undefined; name: string | undefined } {
  const { code, name } = asObject(fault) ?? {};
  return { code: asText(code), name: asText(name) };
}
