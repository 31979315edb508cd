import fc from 'fast-check';
import { identityFromClaims, type ClaimRules } from './token-claims.js';
import { capabilitiesOf } from '../../test/support/tokens.js';

const NOW_MS = 1_800_000_000_000;
const NOW_SECONDS = NOW_MS / 1_000;
const OPEN: ClaimRules = { issuer: undefined, audience: undefined, capabilitiesOf, assertAdmitted: () => undefined };
const good = { sub: 'alice', roles: ['user'], exp: NOW_SECONDS + 60 };
const read = (claims: unknown, rules: ClaimRules = OPEN) => identityFromClaims(claims, rules, NOW_MS);
const unauthorized = (text: string) =>
  expect.objectContaining({ code: 'UNAUTHORIZED', message: expect.stringContaining(text) });

describe('claims of a token', () => {
  test('become an identity', () => {
    expect(read({ ...good, jti: 't-1', email: 'ignored' })).toEqual({
      userId: 'alice',
      roles: ['user'],
      capabilities: new Set(['chat', 'embedding', 'video', 'usage']),
      expiresAtMs: NOW_MS + 60_000,
      tokenId: 't-1',
    });
  });

  test('without roles become an identity that may do nothing', () => {
    const identity = read({ sub: 'alice', exp: NOW_SECONDS + 60 });
    expect(identity.roles).toEqual([]);
    expect(identity.capabilities.size).toBe(0);
    expect('tokenId' in identity).toBe(false);
  });

  test.each([
    ['no object', 'a string', 'not a JSON object'],
    ['an array', [good], 'not a JSON object'],
    ['null', null, 'not a JSON object'],
    ['no exp', { sub: 'alice', roles: ['user'] }, "no 'exp'"],
    ['exp as text', { ...good, exp: String(good.exp) }, "'exp' must be a number"],
    ['exp null', { ...good, exp: null }, "'exp' must be a number"],
    ['exp in milliseconds', { ...good, exp: NOW_MS }, "'exp' must be a number of seconds"],
    ['exp beyond every number', { ...good, exp: Infinity }, "'exp' must be a number"],
    ['exp NaN', { ...good, exp: NaN }, "'exp' must be a number"],
    ['exp negative', { ...good, exp: -1 }, "'exp' must be a number"],
    ['nbf ahead', { ...good, nbf: NOW_SECONDS + 6 }, 'not valid yet'],
    ['nbf as text', { ...good, nbf: '0' }, "'nbf' must be a number"],
    ['no sub', { ...good, sub: undefined }, "no 'sub'"],
    ['sub a number', { ...good, sub: 7 }, "'sub' must be"],
    ['sub empty', { ...good, sub: '' }, "'sub' must be"],
    ['sub too long', { ...good, sub: 'a'.repeat(129) }, "'sub' must be"],
    ['sub with a space in front', { ...good, sub: ' alice' }, "'sub' must be"],
    ['sub with a space behind', { ...good, sub: 'alice ' }, "'sub' must be"],
    ['sub with a line end', { ...good, sub: 'alice\n' }, "'sub' must be"],
    ['sub beyond ASCII', { ...good, sub: 'alicé' }, "'sub' must be"],
    ['sub with a NUL', { ...good, sub: 'a\0b' }, "'sub' must be"],
    ['roles as text', { ...good, roles: 'admin' }, "'roles' must be an array of strings"],
    ['roles as an object', { ...good, roles: { 0: 'admin', length: 1 } }, "'roles' must be an array of strings"],
    ['roles with a number', { ...good, roles: ['user', 1] }, "'roles' must be an array of strings"],
    ['roles null', { ...good, roles: null }, "'roles' must be an array of strings"],
    ['jti a number', { ...good, jti: 1 }, "'jti' must be a string"],
  ])('are refused: %s', (_name, claims, text) => {
    expect(() => read(claims)).toThrow(unauthorized(text));
  });

  test.each(['a', 'a'.repeat(128), 'auth0|5f7c', 'Alice Smith', '~!'])('sub %j is a user', (sub) => {
    expect(read({ ...good, sub }).userId).toBe(sub);
  });

  test('are read 5 seconds in favour of the token, not more', () => {
    expect(read({ ...good, exp: NOW_SECONDS - 4 }).expiresAtMs).toBe(NOW_MS - 4_000);
    expect(() => read({ ...good, exp: NOW_SECONDS - 5 })).toThrow(unauthorized('expired'));
    expect(read({ ...good, nbf: NOW_SECONDS + 5 }).userId).toBe('alice');
  });

  test('need the configured issuer and audience', () => {
    const rules: ClaimRules = {
      issuer: 'https://id.example',
      audience: 'hub',
      capabilitiesOf,
      assertAdmitted: () => undefined,
    };
    const full = { ...good, iss: 'https://id.example', aud: ['other', 'hub'] };
    expect(read(full, rules).userId).toBe('alice');
    expect(read({ ...full, aud: 'hub' }, rules).userId).toBe('alice');
    expect(() => read({ ...full, iss: 'https://id.example/' }, rules)).toThrow(unauthorized("'iss'"));
    expect(() => read({ ...full, iss: undefined }, rules)).toThrow(unauthorized("'iss'"));
    expect(() => read({ ...full, iss: ['https://id.example'] }, rules)).toThrow(unauthorized("'iss'"));
    expect(() => read({ ...full, aud: 'hubs' }, rules)).toThrow(unauthorized("'aud'"));
    expect(() => read({ ...full, aud: undefined }, rules)).toThrow(unauthorized("'aud'"));
    expect(() => read({ ...full, aud: [['hub']] }, rules)).toThrow(unauthorized("'aud'"));
  });

  test('of any shape give an identity or UNAUTHORIZED,never another error', () => {
    const claims = fc.record(
      { sub: fc.anything(), roles: fc.anything(), exp: fc.anything(), nbf: fc.anything(), jti: fc.anything() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(claims, (value) => {
        try {
          expect(typeof read(value).userId).toBe('string');
        } catch (error) {
          expect(error).toMatchObject({ code: 'UNAUTHORIZED' });
        }
      }),
    );
  });
});
