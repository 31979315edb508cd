import { APIConnectionError, APIError } from '@anthropic-ai/sdk';
import { ProviderError, type ProviderErrorKind } from '../contract/provider-error.js';
import { abortedError, connectionError } from '../http/connection-fault.js';
import { asObject, type JsonObject } from '../http/json.js';
import { kindOfStatus, vendorError } from '../http/vendor-fault.js';

/** The error types that an event within a stream may bear; with a status, the status decides. */
const KIND_OF_TYPE: ReadonlyMap<unknown, ProviderErrorKind> = new Map([
  ['billing_error', 'quota_exhausted'],
  ['rate_limit_error', 'rate_limited'],
  ['authentication_error', 'unauthorized'],
  ['permission_error', 'unauthorized'],
  ['not_found_error', 'model_not_found'],
  ['invalid_request_error', 'bad_request'],
  ['request_too_large', 'bad_request'],
]);

/** `error.details.error_code` of a 429 that no waiting ends. */
const SPENT: ReadonlySet<unknown> = new Set([
  'contract_spend_limit_reached',
  'enforced_spend_limit_reached',
  'linked_organization_spend_limit_reached',
  'linked_organization_billing_unavailable',
]);

/**
 * The exception to "never by the message's text": these three have no code of their own at Anthropic, only
 * `invalid_request_error`, and none is the fault of the request's form.
 */
const KIND_OF_WORDS: readonly [RegExp, ProviderErrorKind][] = [
  [/prompt is too long|exceed context limit/i, 'context_length_exceeded'],
  [/credit balance is too low/i, 'quota_exhausted'],
  [/blocked by content filtering policy/i, 'content_filtered'],
];

/** Whatever a call through the SDK threw, as a ProviderError. */
export function anthropicError(providerId: string, error: unknown, signal: AbortSignal): ProviderError {
  if (error instanceof ProviderError) return error;
  if (signal.aborted) return abortedError(providerId, signal);
  if (error instanceof APIConnectionError) return connectionError(providerId, error.cause);
  if (error instanceof APIError && typeof error.status === 'number')
    return statusError(providerId, error as APIError, error.status);
  return connectionError(providerId, error);
}

/** An `error` event within a stream. */
export function anthropicEventError(providerId: string, event: JsonObject): ProviderError {
  const fault = asObject(event.error);
  const kind = KIND_OF_TYPE.get(fault?.type) ?? 'server_error';
  return vendorError(providerId, kind === 'bad_request' ? kindOfBadRequest(fault?.message) : kind, {
    message: fault?.message,
  });
}

function statusError(providerId: string, error: APIError, status: number): ProviderError {
  const { headers, apiMessage: message } = error;
  return vendorError(providerId, kindOfAnswer(error, status), { status, headers, message, cause: error });
}

function kindOfAnswer(error: APIError, status: number): ProviderErrorKind {
  if (error.type === 'billing_error' || SPENT.has(error.errorCode)) return 'quota_exhausted';
  const kind = kindOfStatus(status);
  return kind === 'bad_request' ? kindOfBadRequest(error.apiMessage) : kind;
}

function kindOfBadRequest(message: unknown): ProviderErrorKind {
  if (typeof message !== 'string') return 'bad_request';
  return KIND_OF_WORDS.find(([words]) => words.test(message))?.[1] ?? 'bad_request';
}
