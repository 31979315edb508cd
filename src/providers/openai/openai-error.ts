import { APIConnectionError, APIError } from 'openai';
import { ProviderError, type ProviderErrorKind } from '../contract/provider-error.js';
import { abortedError, connectionError } from '../http/connection-fault.js';
import { asObject, asText, type JsonObject } from '../http/json.js';
import { kindOfStatus, vendorError } from '../http/vendor-fault.js';

/** The `code` and `type` words that say more than the status does. */
const KIND_OF_CODE: ReadonlyMap<string, ProviderErrorKind> = new Map([
  ['insufficient_quota', 'quota_exhausted'],
  ['billing_hard_limit_reached', 'quota_exhausted'],
  ['billing_not_active', 'quota_exhausted'],
  ['context_length_exceeded', 'context_length_exceeded'],
  ['exceed_context_size_error', 'context_length_exceeded'],
  ['content_filter', 'content_filtered'],
  ['content_policy_violation', 'content_filtered'],
  ['invalid_prompt', 'content_filtered'],
  ['model_not_found', 'model_not_found'],
  ['rate_limit_exceeded', 'rate_limited'],
  ['rate_limit_error', 'rate_limited'],
  ['invalid_api_key', 'unauthorized'],
  ['authentication_error', 'unauthorized'],
]);

/** Whatever a call through the SDK threw, as a ProviderError. */
export function openAiError(providerId: string, error: unknown, signal: AbortSignal): ProviderError {
  if (error instanceof ProviderError) return error;
  if (signal.aborted) return abortedError(providerId, signal);
  if (error instanceof APIConnectionError) return connectionError(providerId, error.cause);
  if (error instanceof APIError && typeof error.status === 'number')
    return statusError(providerId, error as APIError, error.status);
  return connectionError(providerId, error);
}

/** An error event within a stream: some servers give it an HTTP status as its code. */
export function openAiEventError(providerId: string, chunk: JsonObject): ProviderError {
  const fault = asObject(chunk.error) ?? chunk;
  const status = typeof fault.code === 'number' && fault.code >= 400 && fault.code < 600 ? fault.code : undefined;
  const kind = kindOfCode(fault.code, fault.type) ?? (status === undefined ? 'server_error' : kindOfStatus(status));
  return vendorError(providerId, kind, { status, message: asText(fault.message) ?? fault.error });
}

function statusError(providerId: string, error: APIError, status: number): ProviderError {
  const kind = kindOfCode(error.code, error.type) ?? kindOfStatus(status);
  const message = asText(asObject(error.error)?.message) ?? error.error;
  return vendorError(providerId, kind, { status, headers: error.headers, message, cause: error });
}

function kindOfCode(...words: unknown[]): ProviderErrorKind | undefined {
  for (const word of words) {
    const kind = typeof word === 'string' ? KIND_OF_CODE.get(word) : undefined;
    if (kind) return kind;
  }
  return undefined;
}
