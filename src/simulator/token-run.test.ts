import { composeAnswer } from './compose-answer.js';
import { TokenRun } from './token-run.js';

const numbered = (tokenCount: number, deltaCount?: number) =>
  new TokenRun((index) => ` ${index + 1}`, tokenCount, deltaCount);
const deltasOf = (run: TokenRun) => Array.from({ length: run.deltaCount }, (_, index) => run.delta(index));

describe('TokenRun', () => {
  it('sends one token with each delta', () => {
    expect(deltasOf(numbered(3)).map(({ text }) => text)).toEqual([' 1', ' 2', ' 3']);
    expect(deltasOf(TokenRun.of(['a', 'b'])).map(({ text }) => text)).toEqual(['a', 'b']);
  });

  it('spreads its tokens evenly over fewer deltas and loses none', () => {
    const deltas = deltasOf(numbered(10, 4));
    expect(deltas.map(({ tokenCount }) => tokenCount)).toEqual([2, 3, 2, 3]);
    expect(deltas.map(({ text }) => text).join('')).toBe(' 1 2 3 4 5 6 7 8 9 10');
  });

  it('ends at the limit', () => {
    const limited = numbered(10, 4).limitedTo(5);
    expect(limited).toMatchObject({ tokenCount: 5, deltaCount: 2 });
    expect(limited.text()).toBe(' 1 2 3 4 5');
  });

  it('can be cut after some of its deltas', () => {
    expect(numbered(10, 4).cutAfter(2).text()).toBe(' 1 2 3 4 5');
    expect(numbered(4).cutAfter(0)).toMatchObject({ tokenCount: 0, deltaCount: 0 });
    expect(numbered(4).cutAfter(9)).toMatchObject({ tokenCount: 4 });
  });

  it('can hold one huge token', () => {
    const sizes = deltasOf(numbered(3).withHugeToken(1000)).map(({ text }) => text.length);
    expect(sizes).toEqual([2, 1000, 2]);
  });
});

describe('composeAnswer', () => {
  const compose = (question: string, script = {}) =>
    composeAnswer({ style: 'answer', gapMs: 0, ...script }, 'gpt-4', question);

  it('names the model, quotes the question without its directive, and is always the same', () => {
    const text = compose('Why is the sky blue? [[sim gap=0]]').text();
    expect(text).toMatch(/^You asked: "Why is the sky blue\?"\. This is gpt-4, /);
    expect(compose('Why is the sky blue? [[sim gap=0]]').text()).toBe(text);
  });

  it('quotes only the beginning of a long question', () => {
    expect(compose('one two three four five six seven eight nine ten').text()).toContain('seven eight …"');
  });

  it('answers an empty question', () => {
    expect(compose('').text()).toContain('nothing in particular');
  });

  it('has exactly the tokens that are asked for, in any style', () => {
    for (const style of ['answer', 'lorem', 'numbered']) {
      expect(compose('Hello', { style, completionTokens: 300 })).toMatchObject({ tokenCount: 300, deltaCount: 300 });
    }
    expect(compose('Hello', { style: 'lorem', deltaCount: 3 }).text()).toBe(' lorem lorem lorem');
    expect(compose('Hello', { style: 'numbered', deltaCount: 3 }).text()).toBe(' 1 2 3');
  });
});
