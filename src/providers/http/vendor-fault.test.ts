import { kindOfStatus, vendorError } from './vendor-fault.js';

describe('kindOfStatus', () => {
  it.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [402, 'quota_exhausted'],
    [404, 'model_not_found'],
    [410, 'model_not_found'],
    [429, 'rate_limited'],
    [408, 'server_error'],
    [409, 'server_error'],
    [500, 'server_error'],
    [529, 'server_error'],
    [400, 'bad_request'],
    [413, 'bad_request'],
    [422, 'bad_request'],
    [307, 'malformed_response'],
  ])('takes %i for %s', (status, kind) => {
    expect(kindOfStatus(status)).toBe(kind);
  });
});

describe('vendorError', () => {
  it('keeps status, words, waiting time and cause', () => {
    const cause = new Error('the SDK’s');
    const headers = new Map([['retry-after', '3']]);
    const error = vendorError('openai', 'rate_limited', {
      status: 429,
      headers: { get: (name) => headers.get(name) ?? null },
      message: 'slow down',
      cause,
    });
    expect(error).toMatchObject({
      providerId: 'openai',
      kind: 'rate_limited',
      status: 429,
      retryAfterMs: 3000,
      message: 'slow down',
      cause,
    });
  });

  it('has words of its own where the vendor has none', () => {
    expect(vendorError('openai', 'server_error', { status: 502, message: '<html>' }).message).toBe(
      'The provider answered 502',
    );
    const inBand = vendorError('openai', 'server_error', { message: undefined });
    expect([inBand.message, inBand.status]).toEqual(['The provider reported a failure (server_error)', undefined]);
  });
});
