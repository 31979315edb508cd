import { ANTHROPIC_WIRE } from './anthropic-wire.js';
import { OPENAI_WIRE } from './openai-wire.js';
import type { ReplyHead } from './wire.js';

const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: [{ type: 'text', text: 'Hel' }, { type: 'image' }, { type: 'text', text: 'lo' }] },
  { role: 'assistant', content: 'Hi' },
];
const head: ReplyHead = {
  id: '1',
  model: 'a "quoted" model',
  createdSeconds: 1,
  wantsUsage: true,
  usageAfter: (completionTokens) => ({ promptTokens: 3, completionTokens }),
};
const dataOf = (event: string) => JSON.parse(/data: (.*)\n\n$/.exec(event)![1]!);

describe('the OpenAI wire', () => {
  const parse = (body: object) => OPENAI_WIRE.parse({ model: 'gpt-4', messages, ...body }, {});

  it('takes all text for the prompt and the last user message for the question', () => {
    expect(parse({})).toMatchObject({ prompt: 'Be brief.\nHello\nHi', question: 'Hello', isStreamed: false });
  });

  it('knows both names of the limit', () => {
    expect(parse({ max_tokens: 5 }).maxTokens).toBe(5);
    expect(parse({ model: 'o3', max_completion_tokens: 5 }).maxTokens).toBe(5);
  });

  it.each([
    [{ model: '' }, 'model'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'user' }] }, 'messages'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ max_tokens: 5, max_completion_tokens: 5 }, 'max_tokens'],
    [{ model: 'o3', max_tokens: 5 }, 'max_tokens'],
  ])('refuses %j', (body, param) => {
    expect(() => parse(body)).toThrow(expect.objectContaining({ error: expect.objectContaining({ param }) }));
  });

  it('encodes any text', () => {
    const encode = OPENAI_WIRE.deltaEncoder(head);
    for (const text of ['"', '\n', '€', '$&', '$&']) {
      expect(dataOf(encode(text))).toMatchObject({ model: head.model, choices: [{ delta: { content: text } }] });
    }
  });
});

describe('the Anthropic wire', () => {
  const headers = { 'anthropic-version': '2023-06-01' };
  const parse = (body: object, given = headers) =>
    ANTHROPIC_WIRE.parse({ model: 'claude', max_tokens: 9, messages, ...body }, given);

  it('counts the system prompt too', () => {
    expect(parse({ system: [{ type: 'text', text: 'Sys' }] }).prompt).toBe('Sys\nBe brief.\nHello\nHi');
  });

  it.each([
    [{ model: undefined }, 'model'],
    [{ max_tokens: undefined }, 'max_tokens'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ messages: 'Hello' }, 'messages'],
  ])('refuses %j', (body, reason) => {
    expect(() => parse(body)).toThrow(reason);
  });

  it('wants to know its version', () => {
    expect(() => parse({}, {} as typeof headers)).toThrow('anthropic-version');
  });

  it('encodes any text', () => {
    const encode = ANTHROPIC_WIRE.deltaEncoder(head);
    for (const text of ['"', '\n', '€', '$&', '$&']) {
      expect(dataOf(encode(text))).toMatchObject({ type: 'content_block_delta', delta: { type: 'text_delta', text } });
    }
  });
});
