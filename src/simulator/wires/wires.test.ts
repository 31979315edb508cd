import type { AnswerBlock } from '../answer.js';
import { TokenRun } from '../token-run.js';
import { ANTHROPIC_WIRE } from './anthropic-wire.js';
import { OPENAI_WIRE } from './openai-wire.js';
import type { ReplyHead, TextRequest } from './wire.js';

const messages = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'Hel' },
      { type: 'text', text: 'lo' },
    ],
  },
  { role: 'assistant', content: 'Hi' },
];
const head: ReplyHead = {
  id: '1',
  model: 'a "quoted" model',
  createdSeconds: 1,
  wantsUsage: true,
  usageAfter: (completionTokens, reasoningTokens) => ({
    ...{ promptTokens: 3, cachedTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0 },
    ...{ completionTokens, reasoningTokens },
  }),
};
const block: AnswerBlock = { kind: 'text', run: TokenRun.of(['a']) };
const textOf = ({ prompt }: TextRequest) => prompt.map(({ text }) => text).join('');
const dataOf = (event: string) => JSON.parse(/data: (.*)\n\n$/.exec(event)![1]!);

describe('the OpenAI wire', () => {
  const parse = (body: object) => OPENAI_WIRE.parse({ model: 'gpt-4', messages, ...body }, {});

  it('takes all text for the prompt and the last user message for the question', () => {
    expect(parse({})).toMatchObject({ question: 'Hello', isStreamed: false });
    expect(textOf(parse({}))).toBe('Be brief.\nHello\nHi');
  });

  it('knows both names of the limit', () => {
    expect(parse({ max_tokens: 5 }).maxTokens).toBe(5);
    expect(parse({ model: 'o3', max_completion_tokens: 5 }).maxTokens).toBe(5);
  });

  it.each([
    [{ model: '' }, 'model'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'user' }] }, 'messages.[0].content'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ max_tokens: 5, max_completion_tokens: 5 }, 'max_tokens'],
    [{ model: 'o3', max_tokens: 5 }, 'max_tokens'],
  ])('refuses %j', (body, param) => {
    expect(() => parse(body)).toThrow(expect.objectContaining({ error: expect.objectContaining({ param }) }));
  });

  it('encodes any text', () => {
    const encode = OPENAI_WIRE.deltaEncoder(head, block, 0);
    for (const text of ['"', '\n', '€', '$&', '$&']) {
      expect(dataOf(encode(text))).toMatchObject({ model: head.model, choices: [{ delta: { content: text } }] });
    }
  });
});

describe('the Anthropic wire', () => {
  const headers = { 'anthropic-version': '2023-06-01' };
  const parse = (body: object, given = headers) =>
    ANTHROPIC_WIRE.parse({ model: 'claude', max_tokens: 9, messages: messages.slice(1), ...body }, given);

  it('counts the system prompt too', () => {
    expect(textOf(parse({ system: [{ type: 'text', text: 'Sys' }] }))).toBe('Sys\nHello\nHi');
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
    const encode = ANTHROPIC_WIRE.deltaEncoder(head, block, 0);
    for (const text of ['"', '\n', '€', '$&', '$&']) {
      expect(dataOf(encode(text))).toMatchObject({ type: 'content_block_delta', delta: { type: 'text_delta', text } });
    }
  });
});
