import { APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import { ProviderError } from '../contract/provider-error.js';
import { ConnectionFault } from '../http/connection-fault.js';
import { anthropicError } from './anthropic-error.js';

const SIGNAL = new AbortController().signal;

function answered(status: number, error?: object, headers: Record<string, string> = {}) {
  const body = error && { type: 'error', error };
  return anthropicError('claude', APIError.generate(status, body, undefined, new Headers(headers)), SIGNAL);
}

describe('anthropicError', () => {
  it.each([
    [401, { type: 'authentication_error' }, 'unauthorized'],
    [403, { type: 'permission_error' }, 'unauthorized'],
    [404, { type: 'not_found_error' }, 'model_not_found'],
    [410, undefined, 'model_not_found'],
    [402, { type: 'billing_error' }, 'quota_exhausted'],
    [400, { type: 'billing_error' }, 'quota_exhausted'],
    [429, { type: 'rate_limit_error' }, 'rate_limited'],
    [429, { type: 'rate_limit_error', details: { error_code: 'enforced_spend_limit_reached' } }, 'quota_exhausted'],
    [400, { type: 'invalid_request_error', message: 'max_tokens: too large' }, 'bad_request'],
    [413, { type: 'request_too_large' }, 'bad_request'],
    [409, undefined, 'server_error'],
    [500, { type: 'api_error' }, 'server_error'],
    [529, { type: 'overloaded_error' }, 'server_error'],
  ])('takes %i with %j for %s', (status, error, kind) => {
    expect(answered(status, error)).toMatchObject({ kind, status, providerId: 'claude' });
  });

  it.each([
    ['prompt is too long: 210000 tokens > 200000 maximum', 'context_length_exceeded'],
    ['input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000', 'context_length_exceeded'],
    ['Your credit balance is too low to access the Anthropic API.', 'quota_exhausted'],
  ])('knows by its words alone: %s', (message, kind) => {
    expect(answered(400, { type: 'invalid_request_error', message }).kind).toBe(kind);
  });

  it('heeds those words in a 400 only', () => {
    expect(answered(500, { type: 'api_error', message: 'prompt is too long' }).kind).toBe('server_error');
  });

  it('carries the vendor’s words and the waiting time', () => {
    expect(answered(429, { type: 'rate_limit_error', message: 'slow down' }, { 'retry-after': '2' })).toMatchObject({
      message: 'slow down',
      retryAfterMs: 2000,
    });
    expect(answered(529).message).toBe('The provider answered 529');
  });

  it('says `aborted` whatever the SDK says once our signal has fired', () => {
    const reason = new Error('too slow');
    const error = anthropicError('claude', new APIUserAbortError(), AbortSignal.abort(reason));
    expect(error).toMatchObject({ kind: 'aborted', cause: reason });
  });

  it('tells a connection that failed from one that was not made in time', () => {
    const failed = (code: string) => {
      const cause = new ConnectionFault(Object.assign(new Error(code), { code }));
      return anthropicError('x', new APIConnectionError({ cause }), SIGNAL);
    };
    expect(failed('ECONNREFUSED')).toMatchObject({ kind: 'unreachable', cause: { code: 'ECONNREFUSED' } });
    expect(failed('UND_ERR_CONNECT_TIMEOUT').kind).toBe('timeout');
  });

  it('passes a ProviderError on', () => {
    const error = new ProviderError('claude', 'stream_broken', 'cut');
    expect(anthropicError('claude', error, SIGNAL)).toBe(error);
  });
});
