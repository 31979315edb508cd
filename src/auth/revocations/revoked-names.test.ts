import { KEPT_AFTER_EXPIRY_MS, RevokedNames } from './revoked-names.js';

const forever = (name: string) => ({ name, expiresAtMs: Infinity });

test('names are known from when they are added until they are removed', () => {
  const names = new RevokedNames();
  expect(names.add([forever('user:a'), forever('token:b')])).toEqual(['user:a', 'token:b']);
  expect(names.add([forever('user:a'), forever('user:c')])).toEqual(['user:c']);
  expect(names.has('user:a', 0)).toBe(true);
  names.remove('user:a');
  expect(names.has('user:a', 0)).toBe(false);
  expect(names.has('token:b', Number.MAX_SAFE_INTEGER)).toBe(true);
});

test('a whole list lets in whoever it does not name', () => {
  const names = new RevokedNames();
  names.add([forever('user:a'), forever('user:b')]);
  expect(names.replace([forever('user:b'), forever('user:c')])).toEqual(['user:c']);
  expect(['a', 'b', 'c'].map((user) => names.has(`user:${user}`, 0))).toEqual([false, true, true]);
});

test('a name is kept for a while after it has expired, and then forgotten', () => {
  const names = new RevokedNames();
  names.add([{ name: 'token:a', expiresAtMs: 1_000 }]);
  expect(names.has('token:a', 1_000 + KEPT_AFTER_EXPIRY_MS - 1)).toBe(true);
  expect(names.has('token:a', 1_000 + KEPT_AFTER_EXPIRY_MS)).toBe(false);
  expect(names.add([{ name: 'token:a', expiresAtMs: Infinity }])).toEqual(['token:a']);
});
