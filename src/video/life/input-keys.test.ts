import { isMediaKey } from '../../media/media-key.js';
import { INPUT_KEYS_BEGIN, InputKeys } from './input-keys.js';

const keys = new InputKeys('a secret');

test('the keys of a user begin alike, and no two are the same', () => {
  const made = [keys.make('ann', 'image/png'), keys.make('ann', 'video/mp4')];
  for (const key of made) expect(key.startsWith(keys.beginOf('ann'))).toBe(true);
  expect(made[0]).not.toBe(keys.make('ann', 'image/png'));
  expect(made.map((key) => key.slice(-4))).toEqual(['.png', '.mp4']);
});

test.each(['ann', 'a'.repeat(512), '../../etc', 'Zoë\n🎬'])(
  'a key is one whatever the user is called: %s',
  (userId) => {
    const key = keys.make(userId, 'image/webp');
    expect(isMediaKey(key)).toBe(true);
    expect(key.startsWith(INPUT_KEYS_BEGIN)).toBe(true);
    expect(key).not.toContain(userId);
  },
);

test('another user, or another secret, begins otherwise', () => {
  const beginnings = [keys.beginOf('ann'), keys.beginOf('ann '), keys.beginOf('an'), new InputKeys('b').beginOf('ann')];
  expect(new Set(beginnings).size).toBe(beginnings.length);
  for (const other of beginnings.slice(1)) expect(beginnings[0]!.startsWith(other)).toBe(false);
});
