import type { StreamPart } from '../providers/contract/stream-part.js';
import { AnswerContent } from './answer-content.js';

const text = (value: string): StreamPart => ({ type: 'text-delta', text: value });
const thought = (value: string, more: object = {}): StreamPart => ({ type: 'reasoning-delta', text: value, ...more });
const call = (index: number, argumentsText: string, more: object = {}): StreamPart => ({
  type: 'tool-call-delta',
  index,
  argumentsText,
  ...more,
});

function taken(isKept: boolean, ...parts: StreamPart[]) {
  const content = new AnswerContent(isKept);
  return { content, chunks: parts.map((part) => content.take(part)) };
}

describe('AnswerContent', () => {
  it('shows each part as it comes, and says nothing of counts and ends', () => {
    const logprobs = [{ token: 'a', logprob: -0.5, bytes: [97] }];
    const { chunks } = taken(
      false,
      thought('hm'),
      thought('', { signature: 's' }),
      thought('', { redacted: 'r' }),
      { type: 'text-delta', text: 'a', logprobs },
      call(0, '', { id: 'c1', name: 'f' }),
      call(0, '{"x":'),
      { type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } },
      { type: 'finish', reason: 'tool_calls' },
    );
    expect(chunks).toEqual([
      { text: '', reasoning: 'hm' },
      { text: '', reasoning: '', reasoningSignature: 's' },
      { text: '', reasoning: '', redactedReasoning: 'r' },
      { text: 'a', logprobs },
      { text: '', toolCalls: [{ index: 0, id: 'c1', name: 'f', arguments: '' }] },
      { text: '', toolCalls: [{ index: 0, arguments: '{"x":' }] },
      undefined,
      undefined,
    ]);
  });

  it('puts an answer together that is shown at its end', () => {
    const { content } = taken(
      true,
      thought('one '),
      thought('two', { signature: 's1' }),
      thought('', { redacted: 'secret' }),
      thought('three'),
      text('Hel'),
      text('lo'),
      call(0, '{"x"', { id: 'c1', name: 'f' }),
      call(1, '{}', { id: 'c2', name: 'g' }),
      call(0, ':1}'),
    );
    expect(content).toMatchObject({
      text: 'Hello',
      reasoning: [{ text: 'one two', signature: 's1' }, { redacted: 'secret' }, { text: 'three' }],
      toolCalls: [
        { id: 'c1', name: 'f', arguments: '{"x":1}' },
        { id: 'c2', name: 'g', arguments: '{}' },
      ],
    });
  });

  it('counts thoughts, text and calls alike, and keeps nothing of a streamed answer', () => {
    const { content } = taken(false, thought('aaaa'), text('bbbb'), call(0, 'cccc', { id: 'c1', name: 'f' }));
    expect(content.characters).toBe(13);
    expect(content.countedTokens).toBeGreaterThanOrEqual(3);
    expect([content.text, content.reasoning, content.toolCalls]).toEqual(['', [], []]);
  });

  it('takes the last count of the provider, and its reason', () => {
    const { content } = taken(
      true,
      { type: 'usage', usage: { inputTokens: 1, outputTokens: 1 } },
      { type: 'usage', usage: { inputTokens: 1, outputTokens: 5 } },
      { type: 'finish', reason: 'stop', stopSequence: 'END' },
    );
    expect(content).toMatchObject({ usage: { outputTokens: 5 }, finishReason: 'stop', stopSequence: 'END' });
  });

  it('lets go of all that it says where there is no room for it', () => {
    const sizes: number[] = [];
    const take = (bytes: number) => sizes.push(bytes) < 3;
    const content = new AnswerContent(true, true, { take });
    const logprobs = [{ token: 'abc', logprob: -1, bytes: null }];
    content.take({ type: 'text-delta', text: 'abc', logprobs });
    content.take(thought('abcd', { signature: 's' }));
    expect(content).toMatchObject({ text: 'abc', isPartial: false });
    content.take(call(0, '{}', { name: 'f' }));
    content.take(text('more'));
    expect(content).toMatchObject({ text: '', reasoning: [], toolCalls: [], logprobs: [], isPartial: true });
    expect(sizes).toEqual([103, 5, 3]);
    expect(content.characters).toBe(14);
  });
});
