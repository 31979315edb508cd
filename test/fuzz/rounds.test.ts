import { readOptions } from './options.js';
import { FRAMES_A_ROUND, roundsOf } from './rounds.js';

test('frames are played in rounds, each of which a seed of its own repeats', () => {
  expect(roundsOf(7, 2 * FRAMES_A_ROUND + 5)).toEqual([
    { seed: 7, frames: FRAMES_A_ROUND },
    { seed: 8, frames: FRAMES_A_ROUND },
    { seed: 9, frames: 5 },
  ]);
  expect(roundsOf(8, 3)).toEqual([{ seed: 8, frames: 3 }]);
});

test('the command takes frames and a seed, and says what is wrong with others', () => {
  expect(readOptions(['--frames', '20', '--seed', '3'])).toEqual({ frames: 20, seed: 3 });
  expect(readOptions([]).frames).toBe(1_000_000);
  for (const args of [
    ['--frames', '0'],
    ['--frames', 'many'],
    ['--seed', '-1'],
    ['--rounds', '1'],
  ])
    expect(() => readOptions(args)).toThrow();
});
