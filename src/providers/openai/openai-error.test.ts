import { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import { ProviderError } from '../contract/provider-error.js';
import { ConnectionFault } from '../http/connection-fault.js';
import { openAiError } from './openai-error.js';

const SIGNAL = new AbortController().signal;

function answered(status: number, error?: object, headers: Record<string, string> = {}) {
  const body = error && { error };
  return openAiError('openai', APIError.generate(status, body, undefined, new Headers(headers)), SIGNAL);
}

describe('openAiError', () => {
  it.each([
    [401, { code: 'invalid_api_key' }, 'unauthorized'],
    [403, {}, 'unauthorized'],
    [403, { code: 'model_not_found' }, 'model_not_found'],
    [404, { code: 'model_not_found' }, 'model_not_found'],
    [404, undefined, 'model_not_found'],
    [410, undefined, 'model_not_found'],
    [429, { code: 'rate_limit_exceeded', type: 'tokens' }, 'rate_limited'],
    [429, undefined, 'rate_limited'],
    [429, { code: 'insufficient_quota', type: 'insufficient_quota' }, 'quota_exhausted'],
    [429, { code: null, type: 'insufficient_quota' }, 'quota_exhausted'],
    [400, { code: 'context_length_exceeded' }, 'context_length_exceeded'],
    [400, { type: 'exceed_context_size_error', code: 400 }, 'context_length_exceeded'],
    [400, { code: 'content_filter' }, 'content_filtered'],
    [400, { code: 'content_policy_violation' }, 'content_filtered'],
    [400, { type: 'invalid_request_error', code: null }, 'bad_request'],
    [413, undefined, 'bad_request'],
    [422, {}, 'bad_request'],
    [408, undefined, 'server_error'],
    [409, undefined, 'server_error'],
    [500, { type: 'server_error' }, 'server_error'],
    [503, undefined, 'server_error'],
  ])('takes %i with %j for %s', (status, error, kind) => {
    expect(answered(status, error)).toMatchObject({ kind, status, providerId: 'openai' });
  });

  it('carries the vendor’s words, without the status before them', () => {
    expect(answered(400, { message: "'temperature' is too warm" }).message).toBe("'temperature' is too warm");
    expect(answered(500).message).toBe('The provider answered 500');
  });

  it('honours retry-after', () => {
    expect(answered(429, {}, { 'retry-after': '2' }).retryAfterMs).toBe(2000);
    expect(answered(429, {}).retryAfterMs).toBeUndefined();
  });

  it('says `aborted` whatever the SDK says once our signal has fired', () => {
    const reason = new Error('too slow');
    const error = openAiError('openai', new APIUserAbortError(), AbortSignal.abort(reason));
    expect(error).toMatchObject({ kind: 'aborted', cause: reason });
  });

  it('tells a connection that failed from one that was not made in time', () => {
    const failed = (code: string) => {
      const cause = new ConnectionFault(Object.assign(new Error(code), { code }));
      return openAiError('x', new APIConnectionError({ cause }), SIGNAL);
    };
    expect(failed('ECONNREFUSED')).toMatchObject({ kind: 'unreachable', cause: { code: 'ECONNREFUSED' } });
    expect(failed('UND_ERR_CONNECT_TIMEOUT').kind).toBe('timeout');
  });

  it('passes a ProviderError on', () => {
    const error = new ProviderError('openai', 'stream_broken', 'cut');
    expect(openAiError('openai', error, SIGNAL)).toBe(error);
  });
});
