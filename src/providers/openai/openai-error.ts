import { APIConnectionError, APIError } from 'openai';
import { ProviderError } from '../contract/provider-error.js';
import { abortedError, connectionError } from '../http/connection-fault.js';
import { asObject, type JsonObject } from '../http/json.js';
import { vendorError } from '../http/vendor-fault.js';
import { openAiFault, statusIn } from './openai-fault.js';

/** Whatever a call through the SDK threw, as a ProviderError. */
export function openAiError(providerId: string, error: unknown, signal: AbortSignal): ProviderError {
  if (error instanceof ProviderError) return error;
  if (signal.aborted) return abortedError(providerId, signal);
  if (error instanceof APIConnectionError) return connectionError(providerId, error.cause);
  if (error instanceof APIError && typeof error.status === 'number')
    return statusError(providerId, error as APIError, error.status);
  return connectionError(providerId, error);
}

/** An error event within a stream. */
export function openAiEventError(providerId: string, chunk: JsonObject): ProviderError {
  const { kind, message } = openAiFault(chunk, undefined);
  const status = statusIn((asObject(chunk.error) ?? chunk).code);
  return vendorError(providerId, kind, { status, message });
}

function statusError(providerId: string, error: APIError, status: number): ProviderError {
  const { kind, message } = openAiFault({ error: error.error, code: error.code }, status);
  return vendorError(providerId, kind, { status, headers: error.headers, message, cause: error });
}
