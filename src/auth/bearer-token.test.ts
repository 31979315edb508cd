import { bearerToken, bearerTokenOrApiKey } from './bearer-token.js';

describe('bearer token', () => {
  test.each(['Bearer abc.def', 'bearer abc.def', 'BEARER   abc.def', 'Bearer abc.def  '])(
    'is read from %j',
    (authorization) => {
      expect(bearerToken({ authorization })).toBe('abc.def');
    },
  );

  test.each(['abc.def', 'Basic abc', 'Bearer', 'Bearer ', 'Bearer a b', 'Bearerabc', ''])(
    'is refused as %j',
    (authorization) => {
      expect(() => bearerToken({ authorization })).toThrow(expect.objectContaining({ code: 'UNAUTHORIZED' }));
    },
  );

  test('is absent without the header', () => {
    expect(bearerToken({ 'x-api-key': 'abc' })).toBeUndefined();
  });

  test('may come as x-api-key, which Authorization outranks', () => {
    expect(bearerTokenOrApiKey({ 'x-api-key': 'abc' })).toBe('abc');
    expect(bearerTokenOrApiKey({ 'x-api-key': 'abc', authorization: 'Bearer def' })).toBe('def');
    expect(bearerTokenOrApiKey({})).toBeUndefined();
  });
});
