import { Xaes256Gcm } from './xaes-256-gcm.js';

const CONTEXT = Buffer.from('a place');

/** Of https://c2sp.org/XAES-256-GCM: one for each value of the bit that CMAC's doubling looks at. */
test.each([
  [0x01, '', 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271'],
  [0x03, 'c2sp.org/XAES-256-GCM', '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d'],
])('seals as the specification has it (key of %p)', (byte, context, expected) => {
  const cipher = new Xaes256Gcm(Buffer.alloc(32, byte));
  const nonce = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX');
  const sealed = cipher.seal('XAES-256-GCM', Buffer.from(context), nonce);
  expect(sealed.toString('hex')).toBe(nonce.toString('hex') + expected);
  expect(cipher.open(sealed, Buffer.from(context))).toBe('XAES-256-GCM');
});

test('any bit that was changed, another key and another context are noticed', () => {
  const cipher = new Xaes256Gcm(Buffer.alloc(32, 7));
  const sealed = cipher.seal('grüße 🎬', CONTEXT);
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed);
    changed[index]! ^= 1 << (index % 8);
    expect(() => cipher.open(changed, CONTEXT)).toThrow();
  }
  expect(() => cipher.open(sealed.subarray(0, -1), CONTEXT)).toThrow();
  expect(() => cipher.open(sealed.subarray(0, 10), CONTEXT)).toThrow(RangeError);
  expect(() => cipher.open(sealed, Buffer.from('another place'))).toThrow();
  expect(() => new Xaes256Gcm(Buffer.alloc(32, 8)).open(sealed, CONTEXT)).toThrow();
  expect(cipher.open(sealed, CONTEXT)).toBe('grüße 🎬');
});

test('the same text is never sealed twice alike, and a key has its length', () => {
  const cipher = new Xaes256Gcm(Buffer.alloc(32, 7));
  const sealed = Array.from({ length: 1_000 }, () => cipher.seal('the same', CONTEXT).toString('hex'));
  expect(new Set(sealed.map((text) => text.slice(0, 48))).size).toBe(1_000);
  expect(cipher.open(cipher.seal('', CONTEXT), CONTEXT)).toBe('');
  expect(() => new Xaes256Gcm(Buffer.alloc(31))).toThrow(RangeError);
});
