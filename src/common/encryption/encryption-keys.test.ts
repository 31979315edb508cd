import { randomBytes } from 'node:crypto';
import { parseEncryptionKeys } from './encryption-keys.js';

const base64 = randomBytes(32).toString('base64');

test('keys are read in their order', () => {
  const other = randomBytes(32).toString('base64');
  const keys = parseEncryptionKeys(`2026-11:${base64}, old_1:${other}`);
  expect(keys.map(({ id, key }) => [id, key])).toEqual([
    ['2026-11', base64],
    ['old_1', other],
  ]);
});

test.each([
  ['nothing but a key', base64],
  ['a key that is too short', `a:${randomBytes(31).toString('base64')}`],
  ['a key that is too long', `a:${randomBytes(33).toString('base64')}`],
  ['a hexadecimal key', `a:${randomBytes(32).toString('hex')}`],
  ['an id with a space', `an id:${base64}`],
  ['no id', `:${base64}`],
  ['an id that comes twice', `a:${base64},a:${base64}`],
  ['an empty item', `a:${base64},`],
])('%s is refused, and not repeated', (_, text) => {
  expect(() => parseEncryptionKeys(text)).toThrow('allowed: ');
  try {
    parseEncryptionKeys(text);
  } catch (error) {
    for (const part of text.split(/[:,]/).filter((each) => each.length > 8))
      expect((error as Error).message).not.toContain(part);
  }
});
