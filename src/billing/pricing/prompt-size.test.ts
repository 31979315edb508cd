import { pngOf } from '../../../test/support/images.js';
import type { AnswerOptions, Message } from '../../providers/contract/text-request.js';
import { measurePrompt, promptTokensAt, promptTokensBoundAt } from './prompt-size.js';

const sizeOf = (messages: Message[], options: AnswerOptions = {}) => measurePrompt({ messages, inputs: [], options });
const bytesOf = (...messages: Message[]) => sizeOf(messages).textBytes;
const user = (content: Message['content']): Message => ({ role: 'user', content });

describe('the size of a prompt', () => {
  it('is bounded by its bytes, for every script', () => {
    expect(bytesOf(user('é漢😀'))).toBe(16 + 16 + 9);
    expect(bytesOf({ ...user([{ type: 'text', text: 'ab' }]), name: 'x' })).toBe(16 + 16 + 3);
  });

  it("is that of an embedding's inputs, texts and tokens", () => {
    const size = measurePrompt({ messages: [], inputs: ['é', [1, 2, 3]], options: {} });
    expect(size).toMatchObject({ textBytes: 16 + 2 + 16 + 3, textTokens: 1 + 3 });
  });

  const call = { id: 'call_1', name: 'look', arguments: `{"at":"${'sky '.repeat(100)}"}` };
  const parameters = { type: 'object', description: 'where '.repeat(100) };

  it.each<[string, Message[], AnswerOptions]>([
    ['calls', [{ role: 'assistant', content: '', toolCalls: [call] }], {}],
    ['results', [{ role: 'tool', content: 'blue '.repeat(100), toolCallId: 'call_1' }], {}],
    ['thoughts', [{ role: 'assistant', content: '', reasoning: [{ text: 'hm '.repeat(150), signature: 's' }] }], {}],
    ['sealed thoughts', [{ role: 'assistant', content: '', reasoning: [{ redacted: 'x'.repeat(1_000) }] }], {}],
    ['tools', [], { tools: [{ name: 'look', parameters }] }],
    ['a schema', [], { responseFormat: { type: 'json_schema', name: 'a', schema: parameters } }],
  ])('counts %s', (_name, messages, options) => {
    const [without, size] = [sizeOf([]), sizeOf(messages, options)];
    expect(size.textBytes - without.textBytes).toBeGreaterThan(400);
    expect(size.textTokens - without.textTokens).toBeGreaterThan(100);
    expect(size.textTokens).toBeLessThan(size.textBytes);
  });

  it('has images as the model counts them', () => {
    const png = pngOf(1_024, 1_024);
    const size = sizeOf([
      user([
        { type: 'image', data: png, mediaType: 'image/png' },
        { type: 'image', url: 'https://example.com/a.png', detail: 'low' },
      ]),
    ]);
    expect(size.images).toEqual([
      { size: { width: 1_024, height: 1_024 }, detail: undefined },
      { size: undefined, detail: 'low' },
    ]);
    expect(promptTokensAt('gpt-4o', size) - size.textTokens).toBe(765 + 85);
    expect(promptTokensBoundAt('claude-haiku-4-5', size) - size.textBytes).toBe(1_399 + 1_600);
    expect(size.textBytes).toBe(32);
    expect(size.wireBytes).toBeGreaterThan(100_000 + png.length);
  });
});
