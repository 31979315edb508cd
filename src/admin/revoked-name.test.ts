import { revokedName } from './revoked-name.js';

test.each([
  [{ userId: 'alice' }, 'user:alice'],
  [{ userId: 'alice', tokenId: null }, 'user:alice'],
  [{ tokenId: '6f1c' }, 'token:6f1c'],
  [{ tokenId: 'user:alice' }, 'token:user:alice'],
])('%j is known as %s', (target, name) => {
  expect(revokedName(target)).toBe(name);
});

test('a token whose id is long or not of printable ASCII is known by its digest', () => {
  for (const tokenId of ['é', 'x'.repeat(129)]) expect(revokedName({ tokenId })).toMatch(/^token:sha256:[0-9a-f]{64}$/);
});

test.each([[{}], [{ userId: null }], [{ userId: 'alice', tokenId: '6f1c' }]])('%j names nobody', (target) => {
  expect(() => revokedName(target)).toThrow('Exactly one of userId and tokenId');
});
