import { guessedSeconds } from './guessed-seconds.js';

it('a longer or a larger video is guessed to take longer, and a standard one well under five minutes', () => {
  expect(guessedSeconds({ seconds: 8, resolution: '720p' })).toBe(110);
  expect(guessedSeconds({ seconds: 12, resolution: '720p' })).toBe(150);
  expect(guessedSeconds({ seconds: 8, resolution: '1080p' })).toBe(158);
  expect(guessedSeconds({ seconds: 8, resolution: '4K' })).toBe(270);
});
