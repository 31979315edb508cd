import { chunkFrame, doneFrame } from '../../completions/answer-frames.js';
import { plainText } from './plain-text.js';

const ID = JSON.stringify('chatcmpl-"1"');
const START = `{"id":${ID},"type":"chunk","data":`.length;
const cut = (content: Parameters<typeof chunkFrame>[2], seq = 7) => plainText(chunkFrame(ID, seq, content), START);

describe('the text of a chunk', () => {
  it.each(['', 'a', 'He said "no".', '\\', '\\"', '"\\\\"', '","seq":1}', 'line\nüñ😀\u2028', '"'.repeat(50)])(
    'is cut out of its frame as it stands there: %j',
    (text) => {
      expect(cut({ text })).toBe(JSON.stringify(text));
      expect(cut({ text }, 123_456_789)).toBe(JSON.stringify(text));
    },
  );

  it('is left to JSON.parse where the frame holds more', () => {
    const source = { model: 'gpt-4', providerId: 'openai' };
    expect(plainText(chunkFrame(ID, 1, { text: 'a' }, source), START)).toBeUndefined();
    expect(cut({ text: '', reasoning: 'hm' })).toBeUndefined();
    expect(cut({ text: 'a', logprobs: [] })).toBeUndefined();
  });

  it('is none of a frame of another type', () => {
    const usage = { usage: { inputTokens: 1, outputTokens: 2 }, usageSource: 'provider' as const };
    const metadata = { model: 'm', provider: 'p', latency: 1, finishReason: 'stop', attempts: 1 };
    for (let seq = 1; seq < 1e9; seq *= 3)
      expect(plainText(doneFrame(ID, seq, usage, metadata), START)).toBeUndefined();
  });
});
