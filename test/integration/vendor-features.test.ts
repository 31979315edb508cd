import type { Message, TextRequest } from '../../src/providers/contract/text-request.js';
import type { StreamPart } from '../../src/providers/contract/stream-part.js';
import type { TextProvider } from '../../src/providers/contract/text-provider.js';
import type { ToolCall } from '../../src/providers/contract/tool.js';
import { AnthropicProvider } from '../../src/providers/anthropic/anthropic.provider.js';
import { HttpTransport } from '../../src/providers/http/http-transport.js';
import { OpenAiProvider } from '../../src/providers/openai/openai.provider.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { readParts } from '../support/read-parts.js';

let simulator: Simulator;
let openai: OpenAiProvider;
let claude: AnthropicProvider;

beforeAll(async () => {
  simulator = await startSimulator({ gapMs: 0 });
  openai = new OpenAiProvider({ apiKey: 'key', baseUrl: `${simulator.url}/v1` }, new HttpTransport());
  claude = new AnthropicProvider({ apiKey: 'key', baseUrl: simulator.url }, new HttpTransport());
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await Promise.all([openai.close(), claude.close()]);
  await simulator.close();
});

const WEATHER = {
  name: 'get_weather',
  description: 'Tells the weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const user = (content: Message['content']): Message => ({ role: 'user', content });
const vendors = () =>
  [
    ['openai', openai, 'gpt-4o'],
    ['claude', claude, 'claude-haiku-4-5'],
  ] as const;

/** What came of a request, whole, and what the provider wrote into its own book. */
async function ask(provider: TextProvider, request: Partial<TextRequest> & { model: string }) {
  const whole = { messages: [user('Hello')], maxOutputTokens: 2_000, ...request };
  const stream = await provider.stream(whole, { signal: new AbortController().signal });
  const { parts, text, error } = await readParts(stream);
  if (error) throw error;
  const of = <Type extends StreamPart['type']>(type: Type) =>
    parts.filter((part): part is Extract<StreamPart, { type: Type }> => part.type === type);
  return {
    text,
    calls: callsOf(of('tool-call-delta')),
    thoughts: of('reasoning-delta'),
    logprobs: of('text-delta').flatMap(({ logprobs = [] }) => logprobs),
    finish: of('finish').at(-1),
    usage: of('usage').at(-1)?.usage,
    bill: simulator.stats().bill.at(-1),
    body: simulator.stats().bodies.at(-1)?.body as Record<string, unknown>,
  };
}

function callsOf(deltas: Extract<StreamPart, { type: 'tool-call-delta' }>[]): ToolCall[] {
  const calls: ToolCall[] = [];
  for (const { index, id, name, argumentsText } of deltas) {
    const call = (calls[index] ??= { id: id ?? '', name: name ?? '', arguments: '' });
    call.arguments += argumentsText;
  }
  return calls;
}

describe('tools', () => {
  it('are called, one or several, with arguments in pieces', async () => {
    for (const [id, provider, model] of vendors()) {
      const question = '[[sim tool=get_weather args={"city":"Paris"} tool=now args={}]]';
      const answer = await ask(provider, { model, messages: [user(question)], tools: [WEATHER, { name: 'now' }] });
      expect({ id, ...answer }).toMatchObject({
        id,
        text: '',
        calls: [
          { name: 'get_weather', arguments: '{"city":"Paris"}' },
          { name: 'now', arguments: '{}' },
        ],
        finish: { reason: 'tool_calls' },
      });
      expect(new Set(answer.calls.map((call) => call.id)).size).toBe(2);
    }
  });

  it('are forced by name', async () => {
    for (const [, provider, model] of vendors()) {
      const answer = await ask(provider, {
        model,
        tools: [{ name: 'now' }, WEATHER],
        toolChoice: { name: 'get_weather' },
      });
      expect(answer.calls).toMatchObject([{ name: 'get_weather', arguments: '{"city":"text"}' }]);
      expect(answer.finish).toEqual({ type: 'finish', reason: 'tool_calls' });
    }
  });

  it('have results that either vendor goes on with, wherever the calls were made', async () => {
    const question = user('[[sim tool=get_weather args={"city":"Rome"} tool=get_weather args={"city":"Oslo"}]]');
    for (const [, first, model] of vendors()) {
      const { calls } = await ask(first, { model, messages: [question], tools: [WEATHER] });
      const results = calls.map(({ id }, index): Message => ({
        role: 'tool',
        toolCallId: id,
        content: index === 0 ? 'sunny' : 'no such city',
        ...(index === 0 ? {} : { isToolError: true }),
      }));
      const messages: Message[] = [question, { role: 'assistant', content: '', toolCalls: calls }, ...results];
      for (const [, second, other] of vendors()) {
        const answer = await ask(second, { model: other, messages, tools: [WEATHER] });
        expect(answer).toMatchObject({ calls: [], finish: { reason: 'stop' } });
        expect(answer.text).not.toBe('');
      }
    }
  });
});

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('images', () => {
  it('are taken by address and as bytes, and count', async () => {
    const content: Message['content'] = [
      { type: 'text', text: 'What is this?' },
      { type: 'image', url: 'https://example.com/a.png' },
      { type: 'image', data: PIXEL, mediaType: 'image/png' },
      { type: 'image', url: `data:image/png;base64,${PIXEL}` },
    ];
    for (const [, provider, model] of vendors()) {
      const { usage, bill } = await ask(provider, { model, messages: [user(content)] });
      expect(usage!.inputTokens).toBeGreaterThan(3 * 80);
      expect(usage!.inputTokens).toBe(bill!.promptTokens);
    }
  });

  it('are taken in the results of tools', async () => {
    const toolCalls = [{ id: 'call_1', name: 'get_weather', arguments: '{}' }];
    const messages: Message[] = [
      user('go'),
      { role: 'assistant', content: '', toolCalls },
      { role: 'tool', toolCallId: 'call_1', content: [{ type: 'image', data: PIXEL, mediaType: 'image/png' }] },
    ];
    for (const [, provider, model] of vendors()) {
      expect((await ask(provider, { model, messages, tools: [WEATHER] })).finish).toMatchObject({ reason: 'stop' });
    }
  });

  it('are refused by a model that reads text alone', async () => {
    const messages = [user([{ type: 'image', url: 'https://example.com/a.png' }])];
    for (const [provider, model] of [
      [openai, 'gpt-3.5-turbo'],
      [claude, 'claude-2.1'],
    ] as const) {
      expect(provider.capabilities(model).images).toBe(false);
      await expect(ask(provider, { model, messages })).rejects.toMatchObject({ kind: 'bad_request', status: 400 });
    }
  });
});

describe('the form of an answer', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      age: { type: 'integer', minimum: 18 },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: ['name', 'age', 'tags'],
  };
  const responseFormat = { type: 'json_schema' as const, name: 'person', schema, strict: true };

  it.each([
    ['gpt-4o', () => openai, 'response_format'],
    ['gpt-5.4', () => openai, 'response_format'],
    ['claude-opus-5-5', () => claude, 'output_config'],
    ['claude-haiku-4-5', () => claude, 'output_config'],
    ['claude-sonnet-4-0', () => claude, 'tool_choice'],
  ])('is kept to by %s', async (model, provider, field) => {
    const answer = await ask(provider(), { model, responseFormat });
    expect(Object.keys(JSON.parse(answer.text) as object)).toEqual(['name', 'age', 'tags']);
    expect(answer).toMatchObject({ calls: [], finish: { type: 'finish', reason: 'stop' } });
    expect(answer.body).toHaveProperty(field);
    expect(answer.usage!.outputTokens).toBe(answer.bill!.completionTokens);
  });

  it('may be any JSON object', async () => {
    const answer = await ask(openai, { model: 'gpt-4o', responseFormat: { type: 'json_object' } });
    expect(JSON.parse(answer.text)).toEqual(expect.any(Object));
    const asked = await ask(claude, { model: 'claude-haiku-4-5', responseFormat: { type: 'json_object' } });
    expect(asked.body.system).toContain('JSON object');
  });
});

describe('reasoning', () => {
  it('is shown by Claude with its signature, and taken back with the results of tools', async () => {
    for (const model of ['claude-haiku-4-5', 'claude-opus-4-6', 'claude-opus-5']) {
      const question = user('[[sim tool=get_weather think="Let me see."]]');
      const reasoning = { effort: 'medium' as const };
      const first = await ask(claude, {
        model,
        messages: [question],
        tools: [WEATHER],
        reasoning,
        maxOutputTokens: 4_000,
      });
      const signature = first.thoughts.at(-1)?.signature;
      expect(first.thoughts.map(({ text }) => text).join('')).toBe('Let me see.');
      expect(first.usage).toMatchObject({ reasoningTokens: 3, outputTokens: first.bill!.completionTokens });
      expect(first.bill).toMatchObject({ reasoningTokens: 3 });
      const messages: Message[] = [
        question,
        {
          role: 'assistant',
          content: '',
          toolCalls: first.calls,
          reasoning: [{ text: 'Let me see.', signature: signature! }],
        },
        { role: 'tool', toolCallId: first.calls[0]!.id, content: 'sunny' },
      ];
      const second = await ask(claude, { model, messages, tools: [WEATHER], reasoning, maxOutputTokens: 4_000 });
      expect(second.finish).toMatchObject({ reason: 'stop' });
      expect(second.body.thinking).toBeDefined();
      expect((await ask(openai, { model: 'gpt-4o', messages, tools: [WEATHER] })).finish).toMatchObject({
        reason: 'stop',
      });
    }
  });

  it('is counted where it is not shown', async () => {
    const answer = await ask(openai, {
      model: 'gpt-5',
      messages: [user('[[sim think=40]] Hi')],
      reasoning: { effort: 'low' },
    });
    expect(answer.thoughts).toEqual([]);
    expect(answer.usage).toMatchObject({ reasoningTokens: 40, outputTokens: answer.bill!.completionTokens });
    expect(answer.body).toMatchObject({ reasoning_effort: 'low' });
  });

  it('is read from servers that show it under a name of their own', async () => {
    const answer = await ask(openai, { model: 'deepseek-r1', messages: [user('[[sim think="Hm, well."]] Hi')] });
    expect(answer.thoughts.map(({ text }) => text).join('')).toBe('Hm, well.');
  });

  it('passes with tools on every model that takes them', async () => {
    for (const model of ['o3', 'gpt-5', 'gpt-5.1', 'gpt-5.4', 'gpt-5.6-sol', 'gpt-6-sol']) {
      expect(openai.capabilities(model).tools).toBe(true);
      const asked = {
        model,
        tools: [WEATHER],
        toolChoice: 'required' as const,
        reasoning: { effort: 'high' as const },
      };
      expect((await ask(openai, asked)).calls).toHaveLength(1);
    }
    expect(openai.capabilities('gpt-6-astra').tools).toBe(false);
    for (const model of [
      'claude-haiku-4-5',
      'claude-opus-5',
      'claude-opus-5-5',
      'claude-sonnet-5-5',
      'claude-fable-5-2',
    ]) {
      const asked = {
        model,
        tools: [WEATHER],
        toolChoice: 'required' as const,
        reasoning: { effort: 'high' as const },
      };
      expect((await ask(claude, asked)).finish).toBeDefined();
    }
  });
});

describe('every wish at once', () => {
  const wishes = {
    ...{ temperature: 1.5, topP: 0.5, presencePenalty: 1, frequencyPenalty: 1, seed: 7, topLogprobs: 2 },
    ...{ stop: ['\n', 'END'], reasoning: { effort: 'none' as const } },
  };

  it.each([
    ...['gpt-3.5-turbo', 'gpt-4o', 'gpt-4.1', 'o3', 'gpt-5', 'gpt-5-chat-latest', 'gpt-5.1', 'gpt-5.4', 'gpt-6-sol'],
    ...['gpt-6-astra', 'llama3'],
  ])('is refused by no model of OpenAI’s wire: %s', async (model) => {
    expect((await ask(openai, { model, ...wishes })).finish).toMatchObject({ reason: 'stop' });
  });

  it.each([
    ...['claude-3-5-haiku-latest', 'claude-sonnet-4-0', 'claude-haiku-4-5', 'claude-opus-4-6', 'claude-opus-4-7'],
    ...['claude-opus-5', 'claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5', 'claude-fable-5-1', 'my-model'],
  ])('is refused by no model of Anthropic’s wire: %s', async (model) => {
    expect((await ask(claude, { model, ...wishes })).finish).toMatchObject({ reason: 'stop' });
  });
});

describe('stop sequences and log probabilities', () => {
  it('end the answer, and Claude says which did', async () => {
    const messages = [user('[[sim say="one two three four"]]')];
    const atOpenAi = await ask(openai, { model: 'gpt-4o', messages, stop: [' three'] });
    const atClaude = await ask(claude, { model: 'claude-haiku-4-5', messages, stop: ['four', ' three'] });
    expect([atOpenAi.text, atClaude.text]).toEqual(['one two', 'one two']);
    expect(atOpenAi.finish).toEqual({ type: 'finish', reason: 'stop' });
    expect(atClaude.finish).toEqual({ type: 'finish', reason: 'stop', stopSequence: ' three' });
  });

  it('come for every token, with as many alternatives as were asked for', async () => {
    const { logprobs, text } = await ask(openai, {
      model: 'gpt-4o',
      messages: [user('[[sim say="one two"]]')],
      topLogprobs: 2,
    });
    expect(logprobs.map(({ token }) => token).join('')).toBe(text);
    expect(logprobs[0]).toMatchObject({ token: 'one', logprob: expect.any(Number), bytes: [111, 110, 101] });
    expect(logprobs[0]!.top_logprobs).toHaveLength(2);
  });
});

describe('prompt caches', () => {
  const long = 'All work and no play makes Jack a dull boy. '.repeat(200);

  it('of Claude keep what is marked, for as long as is asked, and are counted class by class', async () => {
    const system = (ttl: '5m' | '1h'): Message => ({
      role: 'system',
      content: [{ type: 'text', text: long, cacheBreakpoint: { ttl } }],
    });
    for (const ttl of ['5m', '1h'] as const) {
      simulator.reset();
      const asked = (question: string) =>
        ask(claude, { model: 'claude-sonnet-4-5', messages: [system(ttl), user(question)] });
      const [written, read] = [await asked('one'), await asked('two')];
      const tokens = written.usage!.cacheWriteTokens!;
      expect(tokens).toBeGreaterThan(2_000);
      expect(written.usage).toMatchObject({ cachedInputTokens: 0, cacheWriteHourTokens: ttl === '1h' ? tokens : 0 });
      expect(read.usage).toMatchObject({ cachedInputTokens: tokens, cacheWriteTokens: 0 });
      for (const { usage, bill } of [written, read]) {
        expect(usage!.inputTokens).toBe(bill!.promptTokens);
        expect(usage!.cachedInputTokens).toBe(bill!.cachedTokens ?? 0);
        expect(usage!.cacheWriteTokens).toBe(bill!.cacheWriteTokens ?? 0);
        expect(usage!.cacheWriteHourTokens).toBe(bill!.cacheWriteHourTokens ?? 0);
      }
    }
  });

  it('of OpenAI keep a long prompt unasked, which late models charge for', async () => {
    const asked = (model: string) => ask(openai, { model, messages: [{ role: 'system', content: long }, user('Hi')] });
    expect((await asked('gpt-4o')).usage).toMatchObject({ cachedInputTokens: 0 });
    expect((await asked('gpt-4o')).usage!.cachedInputTokens).toBeGreaterThan(2_000);
    const { usage, bill } = await asked('gpt-5.6-sol');
    expect(usage!.cacheWriteTokens).toBeGreaterThan(2_000);
    expect(usage!.cacheWriteTokens).toBe(bill!.cacheWriteTokens);
  });

  it('take what a script says they hold', async () => {
    for (const [, provider, model] of vendors()) {
      const { usage, bill } = await ask(provider, { model, messages: [user('[[sim prompt=5000 cached=4000]]')] });
      expect(usage).toMatchObject({ inputTokens: 5_000, cachedInputTokens: 4_000 });
      expect(bill).toMatchObject({ promptTokens: 5_000, cachedTokens: 4_000 });
    }
  });
});

describe('an answer that was begun elsewhere', () => {
  it('is gone on with by every model, in its own way', async () => {
    for (const [provider, model, last] of [
      [openai, 'gpt-4o', 'user'],
      [claude, 'claude-opus-5-5', 'user'],
      [claude, 'claude-haiku-4-5', 'assistant'],
    ] as const) {
      const { body, finish } = await ask(provider, { model, continuation: 'Once upon a ' });
      expect(finish).toMatchObject({ reason: 'stop' });
      expect((body.messages as Message[]).at(-1)!.role).toBe(last);
    }
  });
});

describe('refusals', () => {
  const faults = [
    ['404', 'model_not_found', 'model_not_found'],
    ['410', 'model_not_found', 'model_not_found'],
    ['context', 'context_length_exceeded', 'context_length_exceeded'],
    ['filter-400', 'content_filtered', 'content_filtered'],
    ['filter-azure', 'content_filtered', 'content_filtered'],
    ['quota', 'quota_exhausted', 'quota_exhausted'],
    ['401', 'unauthorized', 'unauthorized'],
  ] as const;

  it.each(faults)('%s is what it is at either vendor', async (fault, atOpenAi, atClaude) => {
    const messages = [user(`[[sim fault=${fault}]]`)];
    await expect(ask(openai, { model: 'gpt-4o', messages })).rejects.toMatchObject({ kind: atOpenAi });
    await expect(ask(claude, { model: 'claude-haiku-4-5', messages })).rejects.toMatchObject({ kind: atClaude });
  });

  it('say what the content was refused for', async () => {
    const messages = [user('[[sim fault=filter-azure]]')];
    await expect(ask(openai, { model: 'gpt-4o', messages })).rejects.toThrow(
      /content management policy\. \(hate, violence\)$/,
    );
  });
});
