import type { RefusalName } from '../faults/fault-names.js';
import { bearerToken, WRONG_KEY } from './keys.js';
import type { Vendor, VendorError } from './wire.js';

const INVALID = 'invalid_request_error';

const unknownModel = (status: number) => (model: string) => ({
  status,
  type: INVALID,
  code: 'model_not_found',
  message: `The model \`${model}\` does not exist or you do not have access to it.`,
});

/** What OpenAI answers, as its clients see it. */
const REFUSALS: Record<RefusalName, (model: string) => VendorError> = {
  '429': (model) => ({
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: `Rate limit reached for ${model} on requests per min (RPM): Limit 500, Used 500, Requested 1.`,
  }),
  quota: () => ({
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  }),
  '500': () => ({
    status: 500,
    type: 'server_error',
    message: 'The server had an error while processing your request. Sorry about that!',
  }),
  '503': () => overloaded,
  overloaded: () => overloaded,
  '401': () => wrongKey,
  '403': () => ({
    status: 403,
    type: 'request_forbidden',
    code: 'unsupported_country_region_territory',
    message: 'Country, region, or territory not supported',
  }),
  '404': unknownModel(404),
  '410': unknownModel(410),
  '400': () => ({
    status: 400,
    type: INVALID,
    code: 'invalid_value',
    param: 'temperature',
    message: "Invalid 'temperature': expected a value from 0 to 2.",
  }),
  context: () => ({
    status: 400,
    type: INVALID,
    code: 'context_length_exceeded',
    param: 'messages',
    message:
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. " +
      'Please reduce the length of the messages.',
  }),
  'filter-400': () => ({
    status: 400,
    type: INVALID,
    code: 'content_filter',
    param: 'prompt',
    message: "The response was filtered due to the prompt triggering the provider's content management policy.",
  }),
  'filter-azure': () => ({
    status: 400,
    type: INVALID,
    code: 'content_filter',
    param: 'prompt',
    message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    details: {
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: {
          hate: { filtered: true, severity: 'high' },
          self_harm: { filtered: false, severity: 'safe' },
          violence: { filtered: true, severity: 'medium' },
        },
      },
    },
  }),
};

const overloaded: VendorError = {
  status: 503,
  type: 'server_error',
  message: 'The engine is currently overloaded, please try again later',
};
const wrongKey: VendorError = {
  status: 401,
  type: INVALID,
  code: 'invalid_api_key',
  message: 'Incorrect API key provided.',
};
const missingKey: VendorError = {
  status: 401,
  type: INVALID,
  message: "You didn't provide an API key. You need to provide it in an Authorization header using Bearer auth.",
};

export const OPENAI: Vendor = {
  wire: 'openai',
  requestIdHeader: 'x-request-id',
  keyError: (headers) => {
    const key = bearerToken(headers);
    if (key === undefined) return missingKey;
    return key === WRONG_KEY ? wrongKey : undefined;
  },
  refusal: (name, model) => REFUSALS[name](model),
  badRequest: (message, param) => ({ status: 400, type: INVALID, message, ...(param === undefined ? {} : { param }) }),
  notFound: (path) => ({ status: 404, type: INVALID, code: 'unknown_url', message: `Unknown request URL: ${path}.` }),
  errorBody: ({ message, type, param, code, details }) => ({
    error: { message, type, param: param ?? null, code: code ?? null, ...details },
  }),
};
