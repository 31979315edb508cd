import { describeRotation } from './describe-rotation.js';

const settings = (...ids: string[]) => ({ keys: ids.map((id) => ({ id, key: 'k' })), isOff: false });
const videos = { kind: 'videos', resealed: 3, unreadable: 0 };

test('says what was done, and of each older key whether it is needed, and for what', () => {
  const uses = [
    { kind: 'videos', keyId: 'new', count: 9 },
    { kind: "the streams' log", keyId: 'old', count: 5 },
    { kind: 'the response cache', keyId: 'old', count: 2 },
  ];
  expect(describeRotation({ kinds: [videos], uses }, settings('new', 'old', 'oldest')).split('\n')).toEqual([
    'videos: 3 put under key new',
    "key old is needed for the streams' log (5), the response cache (2)",
    'key oldest is needed no more: take it out of ENCRYPTION_KEYS',
  ]);
});

test('names the key of what can not be read', () => {
  const kinds = [{ kind: 'videos', resealed: 0, unreadable: 2 }];
  const uses = [{ kind: 'videos', keyId: 'lost', count: 2 }];
  expect(describeRotation({ kinds, uses }, settings('new')).split('\n')).toEqual([
    "videos: 0 put under key new; 2 can't be read, and stay as they are",
    'key lost is needed for videos (2), and is not in ENCRYPTION_KEYS',
  ]);
});

test('switched off, texts are made clear, and no key is needed', () => {
  expect(describeRotation({ kinds: [videos], uses: [] }, { ...settings('new'), isOff: true }).split('\n')).toEqual([
    'videos: 3 made clear',
    'key new is needed no more: take it out of ENCRYPTION_KEYS',
  ]);
});
