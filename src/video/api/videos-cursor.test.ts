import { readVideosCursor, videosCursor } from './videos-cursor.js';

it('a cursor is read as it was written', () => {
  const id = '0b9f9d5c-7a51-4a1e-9b51-0d0f7cfb6d3a';
  expect(readVideosCursor(videosCursor(id))).toBe(id);
});

it.each([
  '',
  'x',
  videosCursor('a b'),
  videosCursor(''),
  `${videosCursor('a')}=`,
  videosCursor('a\0'),
  videosCursor('x'.repeat(65)),
])('reads nothing into %j', (cursor) => expect(readVideosCursor(cursor)).toBeUndefined());
