import { randomBytes } from 'node:crypto';
import type { EncryptionKey } from './encryption-keys.js';
import { TextCipher, type TextPlace } from './text-cipher.js';
import { UnreadableTextError } from './unreadable-text-error.js';

const PLACE: TextPlace = ['some.column', 'user:ann', '1'];
const key = (id: string): EncryptionKey => ({ id, key: randomBytes(32).toString('base64') });
const [first, second] = [key('2026-11'), key('2025-01')];
const cipherOf = (...keys: EncryptionKey[]) => new TextCipher({ keys, isOff: false });

/** What `work` throws, as a client would be told. */
function faultOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableTextError);
    return (error as UnreadableTextError).toBody();
  }
  throw new Error('nothing was thrown');
}

test('a text is sealed under the first key, and opened under any', () => {
  const kept = cipherOf(second).seal('a secret wish', PLACE);
  expect(kept).toMatch(/^enc1:2025-01:[A-Za-z0-9+/]+=*$/);
  expect(cipherOf(first, second).open(kept, PLACE)).toBe('a secret wish');
  expect(cipherOf(first, second).seal('x', PLACE)).toMatch(/^enc1:2026-11:/);
});

test('a sealed text can be read in its own place alone', () => {
  const cipher = cipherOf(first);
  const kept = cipher.seal('a secret wish', PLACE);
  for (const place of [
    ['another.column', 'user:ann', '1'],
    ['some.column', 'user:bob', '1'],
    ['some.column', 'user:ann"', '1'],
  ])
    expect(faultOf(() => cipher.open(kept, place as unknown as TextPlace))).toMatchObject({ code: 'INTERNAL' });
});

test('a key that is not here, and a text that is not what was sealed, are told apart, without a word of the text', () => {
  const kept = cipherOf(first).seal('a secret wish', PLACE);
  const missing = faultOf(() => cipherOf(second).open(kept, PLACE));
  expect(missing).toMatchObject({ code: 'UNAVAILABLE', retryable: true, details: { column: 'some.column' } });
  const broken = faultOf(() => cipherOf(first).open(kept.slice(0, -8), PLACE));
  expect(broken).toMatchObject({ code: 'INTERNAL', details: { column: 'some.column' } });
  const namesake = faultOf(() => cipherOf({ ...second, id: first.id }).open(kept, PLACE));
  expect(namesake).toMatchObject({ code: 'INTERNAL' });
  expect(JSON.stringify([missing, broken, namesake])).not.toContain('wish');
  expect(faultOf(() => TextCipher.OFF.open(kept, PLACE))).toMatchObject({ code: 'UNAVAILABLE' });
});

test('what was kept before there were keys is read as it is', () => {
  expect(cipherOf(first).open('a clear text', PLACE)).toBe('a clear text');
  expect(TextCipher.OFF.seal('a clear text', PLACE)).toBe('a clear text');
});

test.each(['enc1:2026-11:AAAA', 'enc1:', 'enc1::twice', 'enc1:no colon behind'])(
  "a user's own '%s' is never taken for a sealed text, with keys or without",
  (text) => {
    for (const cipher of [cipherOf(first), TextCipher.OFF])
      for (const reader of [cipherOf(first), cipher]) expect(reader.open(cipher.seal(text, PLACE), PLACE)).toBe(text);
  },
);

test('an empty text stays one', () => {
  expect(cipherOf(first).seal('', PLACE)).toBe('');
  expect(cipherOf(first).open('', PLACE)).toBe('');
  expect(cipherOf(first).reseal('', PLACE)).toBeUndefined();
});

test('a text is sealed anew where it is not under the first key', () => {
  const cipher = cipherOf(first, second);
  for (const kept of ['a clear text', cipherOf(second).seal('a clear text', PLACE)]) {
    const anew = cipher.reseal(kept, PLACE)!;
    expect(anew).toMatch(/^enc1:2026-11:/);
    expect(cipher.open(anew, PLACE)).toBe('a clear text');
    expect(cipher.reseal(anew, PLACE)).toBeUndefined();
  }
});

test('switched off, keys only open, and what was sealed can be made clear again', () => {
  const off = new TextCipher({ keys: [first], isOff: true });
  const kept = cipherOf(first).seal('enc1:mine', PLACE);
  expect(off.open(kept, PLACE)).toBe('enc1:mine');
  expect(off.seal('a text', PLACE)).toBe('a text');
  expect(off.reseal(kept, PLACE)).toBe('enc1::enc1:mine');
  expect(off.reseal('enc1::enc1:mine', PLACE)).toBeUndefined();
});
