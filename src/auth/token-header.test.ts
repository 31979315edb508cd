import { assertTokenHeader } from './token-header.js';

const token = (header: unknown) => `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.c2ln`;
const unauthorized = (text: string) =>
  expect.objectContaining({ code: 'UNAUTHORIZED', message: expect.stringContaining(text) });

describe('the header of a token', () => {
  test('with an accepted algorithm passes', () => {
    expect(() => assertTokenHeader(token({ alg: 'ES256' }), ['RS256', 'ES256'])).not.toThrow();
  });

  test.each([
    ['none', { alg: 'none' }, "'none'"],
    ['None', { alg: 'None' }, "'None'"],
    ['another length', { alg: 'HS512' }, "'HS512'"],
    ['a public-key algorithm', { alg: 'RS256' }, "signed with 'RS256'; this gateway accepts HS256"],
    ['no algorithm', {}, 'an unknown algorithm'],
    ['an array', { alg: ['HS256'] }, 'an unknown algorithm'],
    ['text that is no name', { alg: '<script>alert(1)</script>' }, 'an unknown algorithm'],
    ['a critical extension', { alg: 'HS256', crit: ['b64'], b64: false }, "'crit'"],
  ])('is refused with %s', (_name, header, text) => {
    expect(() => assertTokenHeader(token(header), ['HS256'])).toThrow(unauthorized(text));
  });

  test.each(['', 'x', 'a.b', 'a.b.c', 'a.b.c.d', 'e30', `${token({ alg: 'HS256' })}.x`, 'bnVsbA.e30.x', '..'])(
    'of %j is no JWT',
    (text) => {
      expect(() => assertTokenHeader(text, ['HS256'])).toThrow(unauthorized('not a JWT'));
    },
  );
});
