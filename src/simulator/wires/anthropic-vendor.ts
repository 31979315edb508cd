import type { RefusalName } from '../faults/fault-names.js';
import { bearerToken, WRONG_KEY } from './keys.js';
import type { Vendor, VendorError } from './wire.js';

const INVALID = 'invalid_request_error';

const unknownModel = (status: number) => (model: string) => ({
  status,
  type: 'not_found_error',
  message: `model: ${model}`,
});
const plain = (status: number, type: string, message: string) => () => ({ status, type, message });

/** What Anthropic answers, as its clients see it. */
const REFUSALS: Record<RefusalName, (model: string) => VendorError> = {
  '429': plain(429, 'rate_limit_error', "This request would exceed your organization's rate limit."),
  quota: plain(402, 'billing_error', 'Your credit balance is too low to access the Anthropic API.'),
  '500': plain(500, 'api_error', 'Internal server error'),
  '503': plain(503, 'overloaded_error', 'Overloaded'),
  overloaded: plain(529, 'overloaded_error', 'Overloaded'),
  '401': plain(401, 'authentication_error', 'invalid x-api-key'),
  '403': plain(403, 'permission_error', 'Your API key does not have permission to use the specified resource.'),
  '404': unknownModel(404),
  '410': unknownModel(410),
  '400': plain(400, INVALID, 'temperature: range: 0..1'),
  context: plain(400, INVALID, 'prompt is too long: 208310 tokens > 200000 maximum'),
  'filter-400': plain(400, INVALID, 'Output blocked by content filtering policy'),
  'filter-azure': plain(400, INVALID, 'Output blocked by content filtering policy'),
};

/** Why the caller's key, in either of the two headers, is no good. */
function keyError(key: string | undefined): VendorError | undefined {
  if (key === undefined) return { status: 401, type: 'authentication_error', message: 'x-api-key header is required' };
  return key === WRONG_KEY ? REFUSALS['401']('') : undefined;
}

export const ANTHROPIC: Vendor = {
  wire: 'anthropic',
  requestIdHeader: 'request-id',
  keyError: (headers) => keyError(headers['x-api-key']?.toString() || bearerToken(headers)),
  refusal: (name, model) => REFUSALS[name](model),
  badRequest: (message) => ({ status: 400, type: INVALID, message }),
  notFound: () => ({ status: 404, type: 'not_found_error', message: 'Not found' }),
  errorBody: ({ type, message }, requestId) => ({ type: 'error', error: { type, message }, request_id: requestId }),
};
