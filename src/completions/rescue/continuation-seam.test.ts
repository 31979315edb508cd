import { overlapOf } from './continuation-seam.js';

/** What comes out when a continuation arrives in pieces of so many characters. */
function joined(delivered: string, continuation: string, pieceLength = 1): string {
  for (let end = pieceLength; ; end += pieceLength) {
    const isComplete = end >= continuation.length;
    const overlap = overlapOf(delivered, continuation.slice(0, end), isComplete);
    if (overlap !== undefined) return delivered + continuation.slice(overlap);
    expect(isComplete).toBe(false);
  }
}

describe('the seam of a continuation', () => {
  it.each([
    ['The quick brown', ' fox jumps.', 'The quick brown fox jumps.'],
    ['The quick bro', 'wn fox.', 'The quick brown fox.'],
    ['It was quick.', '\n\nThen it slept.', 'It was quick.\n\nThen it slept.'],
    ['1, 2, 3', ', 4', '1, 2, 3, 4'],
    ['It costs 1', '12 euros', 'It costs 112 euros'],
    ['la la la', ' la la', 'la la la la la'],
    ['The cat, the', ' the', 'The cat, the the'],
    ['', 'Hello.', 'Hello.'],
    ['Hello', '', 'Hello'],
  ])('is none between %j and %j', (delivered, continuation, whole) => {
    expect(joined(delivered, continuation)).toBe(whole);
    expect(joined(delivered, continuation, 5)).toBe(whole);
  });

  it.each([
    ['its last words', 'A quick brown', 'quick brown fox.', 'A quick brown fox.'],
    ['its last words behind a space', 'A quick brown', ' quick brown fox.', 'A quick brown fox.'],
    ['its last words behind a line', 'A quick brown', '\n\nquick brown fox.', 'A quick brown fox.'],
    ['its last sentence', 'So it is. The fox is bro', 'The fox is brown.', 'So it is. The fox is brown.'],
    ['all of it', 'The fox is bro', 'The fox is brown.', 'The fox is brown.'],
    ['the longest that it can be', 'on and on and on and', 'on and on and on and off', 'on and on and on and off'],
    ['the word that was cut', 'The quick brow', 'brown fox.', 'The quick brown fox.'],
    ['its last word', 'The quick brown', 'brown fox.', 'The quick brown fox.'],
    ['nothing new', 'A quick brown fox', 'quick brown fox', 'A quick brown fox'],
    ['words of any script', 'Ещё один пример', 'один пример текста', 'Ещё один пример текста'],
  ])('leaves out what repeats %s', (_, delivered, continuation, whole) => {
    expect(joined(delivered, continuation)).toBe(whole);
    expect(joined(delivered, continuation, 7)).toBe(whole);
  });

  it.each([
    ['a space', 'The quick ', ' brown', 'The quick brown'],
    ['a line', 'First.\n', '\n\nSecond.', 'First.\n\nSecond.'],
    ['nothing where the two differ', 'First. ', '\nSecond.', 'First. \nSecond.'],
  ])('leaves out %s that is there already', (_, delivered, continuation, whole) => {
    expect(joined(delivered, continuation)).toBe(whole);
  });

  it('waits no longer than a repetition is possible', () => {
    expect(overlapOf('A quick brown', 'quick br', false)).toBeUndefined();
    expect(overlapOf('A quick brown', 'quick be', false)).toBe(0);
    expect(overlapOf('A quick brown', ' ', false)).toBeUndefined();
  });

  it('is found in good time in a long text of one word', () => {
    const text = 'spam '.repeat(20_000);
    const begunMs = performance.now();
    expect(overlapOf(text, 'spam spam spam eggs', false)).toBe(15);
    expect(performance.now() - begunMs).toBeLessThan(200);
  });
});
