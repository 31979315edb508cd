import type { ErrorCode } from '../../common/errors/error-codes.js';
import type { FieldFault } from '../../common/errors/field-faults.js';
import type { GatewayError } from '../../common/errors/gateway-error.js';
import type { ErrorWire } from '../wire.js';

/** OpenAI's `type` and `code` of an error (https://platform.openai.com/docs/guides/error-codes). */
const NAMES: Readonly<Record<ErrorCode, { type: string; code: string | null }>> = {
  VALIDATION_ERROR: { type: 'invalid_request_error', code: null },
  CONTEXT_LENGTH_EXCEEDED: { type: 'invalid_request_error', code: 'context_length_exceeded' },
  CONTENT_FILTERED: { type: 'invalid_request_error', code: 'content_filter' },
  UNAUTHORIZED: { type: 'invalid_request_error', code: 'invalid_api_key' },
  INSUFFICIENT_CREDITS: { type: 'insufficient_quota', code: 'insufficient_quota' },
  FORBIDDEN: { type: 'invalid_request_error', code: 'insufficient_permissions' },
  NOT_FOUND: { type: 'invalid_request_error', code: 'not_found' },
  MODEL_NOT_FOUND: { type: 'invalid_request_error', code: 'model_not_found' },
  CONFLICT: { type: 'invalid_request_error', code: 'idempotency_key_reused' },
  RESUME_EXPIRED: { type: 'invalid_request_error', code: 'answer_expired' },
  PAYLOAD_TOO_LARGE: { type: 'invalid_request_error', code: 'request_too_large' },
  UNSUPPORTED_VIDEO: { type: 'invalid_request_error', code: 'unsupported_video' },
  RATE_LIMIT_EXCEEDED: { type: 'requests', code: 'rate_limit_exceeded' },
  LIMIT_EXCEEDED: { type: 'requests', code: 'rate_limit_exceeded' },
  INTERNAL: { type: 'server_error', code: 'internal_error' },
  ALL_PROVIDERS_FAILED: { type: 'server_error', code: 'all_providers_failed' },
  UPSTREAM_LOST: { type: 'server_error', code: 'upstream_lost' },
  UPSTREAM_RETIRED: { type: 'server_error', code: 'upstream_retired' },
  SUBMIT_UNKNOWN: { type: 'server_error', code: 'submit_unknown' },
  QUEUE_OVERFLOW: { type: 'server_error', code: 'server_overloaded' },
  UNAVAILABLE: { type: 'server_error', code: 'unavailable' },
  CANCELLED: { type: 'request_cancelled', code: 'cancelled' },
};

/** Errors as OpenAI's clients want them; our own code and facts stand in `gateway` beside theirs. */
export const OPENAI_ERRORS: ErrorWire = {
  errorBody: (error) => ({ error: openAiError(error) }),
};

/** The inner object, which a stream's error event has too. */
export function openAiError({ code: gatewayCode, message, details }: GatewayError): object {
  const { type, code } = NAMES[gatewayCode];
  const fields = (details?.['fields'] as FieldFault[] | undefined)?.map(inOpenAiWords);
  const gateway = { code: gatewayCode, ...(details && { details: fields ? { ...details, fields } : details }) };
  const param = gatewayCode === 'MODEL_NOT_FOUND' ? 'model' : fields?.[0]?.field || null;
  return { message: fields ? sentenceOf(fields) : message, type, param, code, gateway };
}

/** Of fields that are only found to be wrong behind the entrance, which knows them by the WebSocket's names. */
const FIELD_NAMES: Readonly<Record<string, string>> = { responseFormat: 'response_format', topLogprobs: 'logprobs' };

/** A fault's message begins with its field. */
function inOpenAiWords({ field, message }: FieldFault): FieldFault {
  const name = FIELD_NAMES[field] ?? field.replace(/\.toolCalls$/, '.tool_calls');
  return { field: name, message: name === field ? message : name + message.slice(field.length) };
}

function sentenceOf(fields: readonly FieldFault[]): string {
  return `${fields.map(({ message }) => message).join('; ')}.`;
}
