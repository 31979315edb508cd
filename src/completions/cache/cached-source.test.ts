import type { CachedAnswer } from './cached-answer.js';
import { partsOf } from './cached-source.js';

const usage = { inputTokens: 3, outputTokens: 2 };
const answer = (content: Partial<CachedAnswer['content']>, more: Partial<CachedAnswer> = {}): CachedAnswer => ({
  providerId: 'openai',
  model: 'gpt-4',
  content: { text: '', reasoning: [], toolCalls: [], logprobs: [], ...content },
  usage,
  finishReason: 'stop',
  ...more,
});
const textsOf = (text: string) =>
  partsOf(answer({ text })).flatMap((part) => (part.type === 'text-delta' ? [part.text] : []));

describe('the parts of a kept answer', () => {
  it('come in the order in which a provider gives them', () => {
    const kept = answer(
      {
        text: 'Hello',
        reasoning: [{ text: 'hm', signature: 's' }, { redacted: 'r' }],
        toolCalls: [{ id: 'c1', name: 'f', arguments: '{}' }],
      },
      { finishReason: 'tool_calls' },
    );
    expect(partsOf(kept)).toEqual([
      { type: 'reasoning-delta', text: 'hm', signature: 's' },
      { type: 'reasoning-delta', text: '', redacted: 'r' },
      { type: 'text-delta', text: 'Hello' },
      { type: 'tool-call-delta', index: 0, id: 'c1', name: 'f', argumentsText: '{}' },
      { type: 'usage', usage },
      { type: 'finish', reason: 'tool_calls' },
    ]);
  });

  it('cut a long text into pieces, never within a character', () => {
    const text = `${'a'.repeat(1_023)}😀${'b'.repeat(2_000)}`;
    const pieces = textsOf(text);
    expect(pieces.join('')).toBe(text);
    expect(pieces.map(({ length }) => length)).toEqual([1_025, 1_024, 976]);
    expect(pieces.some((piece) => /\p{Surrogate}/u.test(piece))).toBe(false);
  });

  it('keep each log probability with its token', () => {
    const logprobs = ['He', 'llo'].map((token) => ({ token, logprob: -1, bytes: null }));
    expect(partsOf(answer({ text: 'Hello', logprobs })).slice(0, 2)).toEqual([
      { type: 'text-delta', text: 'He', logprobs: [logprobs[0]] },
      { type: 'text-delta', text: 'llo', logprobs: [logprobs[1]] },
    ]);
  });

  it('lose no log probability whose tokens are not the text', () => {
    const logprobs = ['H', '\ufffd'].map((token) => ({ token, logprob: -1, bytes: [240] }));
    expect(partsOf(answer({ text: 'H😀', logprobs }))[0]).toEqual({ type: 'text-delta', text: 'H😀', logprobs });
  });
});
