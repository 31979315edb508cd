import fc from 'fast-check';
import { readUsageCursor, usageCursor } from './usage-cursor.js';

test('every key comes back', () => {
  const keys = fc.string({ unit: 'grapheme' }).filter((key) => !key.includes('\0'));
  fc.assert(fc.property(keys, (key) => expect(readUsageCursor(usageCursor(key))).toBe(key)));
});

const made = (text: string) => Buffer.from(text, 'latin1').toString('base64url');
test.each(['', 'x', '%', made('before:2'), made('after:\0'), made('after:\xff'), `${made('after:a')}=`])(
  '%j is none of ours',
  (cursor) => {
    expect(readUsageCursor(cursor)).toBeUndefined();
  },
);
