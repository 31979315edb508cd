import type { ProviderErrorKind } from '../contract/provider-error.js';
import { asObject, asText, type JsonObject } from '../http/json.js';
import { kindOfStatus } from '../http/vendor-fault.js';

/** What a server says went wrong, whichever way it words it. */
export interface OpenAiFault {
  kind: ProviderErrorKind;
  message: unknown;
}

/** The words that say more than the status does: OpenAI's codes and types, and those of the servers beside it. */
const KIND_OF_WORD: ReadonlyMap<string, ProviderErrorKind> = new Map<string, ProviderErrorKind>([
  ['insufficient_quota', 'quota_exhausted'],
  ['billing_hard_limit_reached', 'quota_exhausted'],
  ['billing_not_active', 'quota_exhausted'],
  ['insufficient_credits', 'quota_exhausted'],
  ['context_length_exceeded', 'context_length_exceeded'],
  ['string_above_max_length', 'bad_request'],
  ['exceed_context_size_error', 'context_length_exceeded'], // llama.cpp
  ['content_filter', 'content_filtered'],
  ['content_policy_violation', 'content_filtered'],
  ['invalid_prompt', 'content_filtered'],
  ['moderation_blocked', 'content_filtered'],
  ['model_not_found', 'model_not_found'],
  ['model_decommissioned', 'model_not_found'], // Groq
  ['model_not_available', 'model_not_found'],
  ['DeploymentNotFound', 'model_not_found'], // Azure
  ['OperationNotSupported', 'model_not_found'], // Azure: a model without chat completions
  ['rate_limit_exceeded', 'rate_limited'],
  ['rate_limit_error', 'rate_limited'],
  ['service_tier_capacity_exceeded', 'rate_limited'], // Mistral
  ['RESOURCE_EXHAUSTED', 'rate_limited'], // Gemini
  ['invalid_api_key', 'unauthorized'],
  ['account_deactivated', 'unauthorized'],
  ['authentication_error', 'unauthorized'],
  ['API_KEY_INVALID', 'unauthorized'], // Gemini, as a 400
  ['FAILED_PRECONDITION', 'unauthorized'], // Gemini: no billing, or not from here
  ['UNAVAILABLE', 'server_error'], // Gemini
  ['unavailable_error', 'server_error'], // llama.cpp
  ['tool_use_failed', 'malformed_response'], // Groq: the model wrote no proper call
  ['json_validate_failed', 'malformed_response'], // Groq: nor proper JSON
]);

/**
 * The exception to "never by the message's text": vLLM, Gemini and SGLang have no code of their own for a prompt that is too
 * long, which is not the fault of the request's form.
 */
const TOO_LONG = /maximum context length|input token count .*exceeds|longer than the (model's|maximum) context/i;
const TOO_LARGE = 413;

/**
 * Understands the body of a refusal or an error event: OpenAI's `{error: {…}}`, Gemini's list of one, the bare object of
 * older vLLMs and Mistral, xAI's plain text.
 * @param status absent: an event within a stream; some servers give it a status as its code
 */
export function openAiFault(body: unknown, status: number | undefined): OpenAiFault {
  const outer = asObject(Array.isArray(body) ? (body[0] as unknown) : body) ?? {};
  const fault = asObject(outer.error) ?? outer;
  const own = status ?? statusIn(fault.code);
  const words = [fault.code, fault.type, fault.status, ...reasonsIn(fault.details), outer.code];
  const filtered = filteredFor(fault);
  const message = asText(fault.message) ?? outer.error;
  const kind = kindOf(words, own, message, filtered.length > 0);
  return { kind, message: filtered.length > 0 ? `${String(message)} (${filtered.join(', ')})` : message };
}

/** The status that an error event bears as its code, where it does. */
export function statusIn(code: unknown): number | undefined {
  const status = typeof code === 'string' && /^\d{3}$/.test(code) ? Number(code) : code;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined;
}

function kindOf(
  words: unknown[],
  status: number | undefined,
  message: unknown,
  isFiltered: boolean,
): ProviderErrorKind {
  if (isFiltered) return 'content_filtered';
  const known = words.map((word) => (typeof word === 'string' ? KIND_OF_WORD.get(word) : undefined)).find(Boolean);
  // More tokens at once than a minute allows (Groq): no waiting makes it fit.
  if (known === 'rate_limited' && status === TOO_LARGE) return 'context_length_exceeded';
  const kind = known ?? (status === undefined ? 'server_error' : kindOfStatus(status));
  return kind === 'bad_request' && typeof message === 'string' && TOO_LONG.test(message)
    ? 'context_length_exceeded'
    : kind;
}

/** Google's way of adding particulars. */
function reasonsIn(details: unknown): unknown[] {
  return Array.isArray(details) ? details.map((detail) => asObject(detail)?.reason) : [];
}

/** What the content was refused for: Azure names categories, OpenRouter reasons. */
function filteredFor({ innererror, metadata }: JsonObject): string[] {
  const results = Object.entries(asObject(asObject(innererror)?.content_filter_result) ?? {});
  const categories = results.filter(([, result]) => asObject(result)?.filtered === true).map(([category]) => category);
  const reasons = asObject(metadata)?.reasons;
  return [...categories, ...(Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === 'string') : [])];
}
