import { estimateTokens, loadTokenEncoder } from './token-estimate.js';

describe('the token estimate', () => {
  beforeAll(loadTokenEncoder);

  it('counts as the encoder does where the text is short', () => {
    expect(estimateTokens('hello world')).toBe(2);
    expect(estimateTokens('')).toBe(0);
  });

  it('stays within a few percent of the encoder when it cuts at white space', () => {
    const text = 'The quick brown fox jumps over the lazy dog. '.repeat(100);
    expect(Math.abs(estimateTokens(text) - 1_000)).toBeLessThan(60);
  });

  it('takes names of control tokens for plain text', () => {
    expect(estimateTokens('<|endoftext|>')).toBeGreaterThan(1);
  });

  it.each([
    ['one letter', 'a'.repeat(2_000_000)],
    ['no letters', '\u{1f600}'.repeat(500_000)],
    ['words', 'lorem ipsum '.repeat(200_000)],
  ])('answers within 200 ms for megabytes of %s', (_, text) => {
    const begun = performance.now();
    expect(estimateTokens(text)).toBeGreaterThan(1_000);
    expect(performance.now() - begun).toBeLessThan(200);
  });
});
