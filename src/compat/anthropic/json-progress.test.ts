import fc from 'fast-check';
import { JsonProgress } from './json-progress.js';

const wholeAfter = (...pieces: string[]) => {
  const progress = new JsonProgress();
  for (const piece of pieces) progress.take(piece);
  return progress.isWhole;
};

describe('JsonProgress', () => {
  it.each(['{}', '{"a":{"b":["}"]}}', '{"a":"\\""}', '{"a":"\\\\"}', ' {"a":1} '])('finds %j whole', (json) => {
    expect(wholeAfter(json)).toBe(true);
  });

  it.each(['', '{', '{"a":"}', '{"a":"\\"}', '{"a":[}'])('does not find %j whole', (json) => {
    expect(wholeAfter(json)).toBe(false);
  });

  it('finds the end of any object, however it is cut, and not before', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 1, max: 5 }), (value, size) => {
        const json = JSON.stringify(value);
        const progress = new JsonProgress();
        for (let start = 0; start < json.length; start += size) {
          expect(progress.isWhole).toBe(false);
          progress.take(json.slice(start, start + size));
        }
        expect(progress.isWhole).toBe(true);
      }),
    );
  });
});
