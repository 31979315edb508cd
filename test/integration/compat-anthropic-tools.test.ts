import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { z } from 'zod';
import type { BillEntry } from '../../src/simulator/bill.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { readLedger } from '../support/ledger-audit.js';

const CLAUDE = 'claude-sonnet-4-6';
const GPT = 'gpt-4.1';
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const WEATHER: Anthropic.Tool = {
  name: 'weather',
  description: 'The weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const CALL_TWICE = '[[sim tool=weather args={"city":"Bangkok"} tool=weather args={"city":"Berlin"}]] How warm is it?';
const user = (content: Anthropic.MessageParam['content']): Anthropic.MessageParam => ({ role: 'user', content });

let gateway: TestApp;
let client: Anthropic;
beforeAll(async () => {
  gateway = await startTestApp();
  client = new Anthropic({ apiKey: gateway.token('alice'), baseURL: gateway.url, maxRetries: 0 });
});
afterAll(() => gateway.close());
afterEach(() => gateway.simulator.reset());

const lastBody = () => gateway.simulator.stats().bodies.at(-1)!.body as Record<string, unknown>;

/** Asks for the same message whole and streamed. */
const MANNERS: [string, (params: Anthropic.MessageCreateParamsNonStreaming) => Promise<Anthropic.Message>][] = [
  ['whole', async (params) => client.messages.create(params)],
  ['streamed', (params) => client.messages.stream(params).finalMessage()],
];

describe.each(MANNERS)('a message that comes %s', (_, create) => {
  it.each([CLAUDE, GPT])('calls tools of %s, and takes their results', async (model) => {
    const params = { model, max_tokens: 1_000, tools: [WEATHER] };
    const asked = [user(CALL_TWICE)];
    const first = await create({ ...params, messages: asked });
    expect(first.stop_reason).toBe('tool_use');
    expect(first.content).toEqual([
      { type: 'tool_use', id: expect.any(String), name: 'weather', input: { city: 'Bangkok' } },
      { type: 'tool_use', id: expect.any(String), name: 'weather', input: { city: 'Berlin' } },
    ]);
    const [one, two] = first.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    const results = user([
      { type: 'tool_result', tool_use_id: one!, content: '33 °C' },
      { type: 'tool_result', tool_use_id: two!, content: [{ type: 'text', text: 'no idea' }], is_error: true },
    ]);
    const second = await create({
      ...params,
      messages: [...asked, { role: 'assistant', content: first.content }, results],
    });
    expect(second).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text' }] });
    if (model === CLAUDE)
      expect((lastBody()['messages'] as unknown[]).at(-1)).toEqual({
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: one, content: '33 °C' },
          { type: 'tool_result', tool_use_id: two, content: 'no idea', is_error: true },
        ],
      });
  });

  it.each([CLAUDE, GPT])('calls the tool of %s that it must call, and no other at once', async (model) => {
    const tool_choice = { type: 'tool' as const, name: 'weather', disable_parallel_tool_use: true };
    const other = { ...WEATHER, name: 'other' };
    const message = await create({
      model,
      max_tokens: 500,
      messages: [user('hi')],
      tools: [other, WEATHER],
      tool_choice,
    });
    expect(message.content).toMatchObject([{ type: 'tool_use', name: 'weather', input: { city: expect.any(String) } }]);
    const body = lastBody();
    if (model === CLAUDE) expect(body['tool_choice']).toEqual(tool_choice);
    else expect(body).toMatchObject({ tool_choice: { function: { name: 'weather' } }, parallel_tool_calls: false });
  });

  it('shows arguments that are no JSON as what they are', async () => {
    const say = '[[sim tool=weather args="{\\"city\\": Bangkok"]] hi';
    const asked = create({ model: CLAUDE, max_tokens: 500, messages: [user(say)], tools: [WEATHER] });
    const seen = await asked.then(
      ({ content }) => content,
      (error: Error) => error.message,
    );
    // the client itself gives up on a stream of such a call, as it does with Anthropic's own
    if (typeof seen === 'string') expect(seen).toMatch(/JSON/i);
    else expect(seen).toMatchObject([{ type: 'tool_use', input: { INVALID_JSON: '{"city": Bangkok' } }]);
  });

  it.each([CLAUDE, GPT])('is JSON of a schema from %s, parsed by the client', async (model) => {
    const City = z.object({ name: z.string(), people: z.number() });
    const output_config = { format: zodOutputFormat(City) };
    const message = await create({ model, max_tokens: 500, messages: [user('a city')], output_config });
    const [block] = message.content;
    expect(City.parse(JSON.parse(block!.type === 'text' ? block.text : ''))).toEqual(expect.anything());
    const whole = await client.messages.parse({ model, max_tokens: 500, messages: [user('a city')], output_config });
    expect(City.parse(whole.parsed_output)).toEqual(whole.parsed_output);
  });

  it.each([CLAUDE, GPT])('looks at images with %s', async (model) => {
    const images: Anthropic.ImageBlockParam[] = [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    ];
    const messages = [user([...images, { type: 'text', text: 'what is it?' }])];
    expect((await create({ model, max_tokens: 500, messages })).content).toMatchObject([{ type: 'text' }]);
    const [sent] = lastBody()['messages'] as Anthropic.MessageParam[];
    if (model === CLAUDE) expect(sent).toEqual(messages[0]);
    else expect(JSON.stringify(sent)).toContain(`data:image/png;base64,${PIXEL}`);
  });

  it('thinks, and gets its thoughts back with the results of its tools', async () => {
    const params = {
      model: CLAUDE,
      max_tokens: 4_000,
      tools: [WEATHER],
      thinking: { type: 'adaptive' as const },
      output_config: { effort: 'medium' as const },
    };
    const asked = [user('[[sim think="first this, then that" tool=weather args={"city":"Bangkok"}]] hi')];
    const first = await create({ ...params, messages: asked });
    expect(first.content).toMatchObject([
      { type: 'thinking', thinking: 'first this, then that', signature: expect.stringMatching(/./) },
      { type: 'tool_use', name: 'weather' },
    ]);
    expect(first.usage.output_tokens_details!.thinking_tokens).toBeGreaterThan(0);
    expect(lastBody()).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } });
    const call = first.content.find((block) => block.type === 'tool_use')!;
    const result = user([{ type: 'tool_result', tool_use_id: call.id, content: '33 °C' }]);
    // the simulated provider refuses thoughts that it did not sign, as Anthropic does
    const second = await create({
      ...params,
      messages: [...asked, { role: 'assistant', content: first.content }, result],
    });
    expect(second.stop_reason).toBe('end_turn');
    expect((lastBody()['messages'] as Anthropic.MessageParam[])[1]).toEqual({
      role: 'assistant',
      content: first.content,
    });
  });

  it('tells what the prompt cache kept', async () => {
    const long = `${'A rule that is to be kept in mind. '.repeat(400)}${_}`;
    const params = {
      model: CLAUDE,
      max_tokens: 500,
      system: [{ type: 'text' as const, text: long, cache_control: { type: 'ephemeral' as const } }],
      messages: [user('What follows from these rules?')],
    };
    const first = await create(params);
    const second = await create(params);
    const written = first.usage.cache_creation_input_tokens!;
    expect(written).toBeGreaterThan(1_024);
    expect(first.usage).toMatchObject({ cache_read_input_tokens: 0 });
    expect(second.usage).toMatchObject({ cache_read_input_tokens: written, cache_creation_input_tokens: 0 });
    expect(second.usage.input_tokens).toBe(first.usage.input_tokens);
    expect(first.usage.input_tokens).toBeLessThan(50);
    const byRequest = await create({ ...params, cache_control: { type: 'ephemeral', ttl: '1h' } });
    expect(byRequest.usage.cache_creation_input_tokens).toBeGreaterThan(0);
  });
});

describe('a runner of tools', () => {
  it.each([false, true])('goes on until the answer is there (streamed: %s)', async (stream) => {
    const cities: string[] = [];
    const weather = betaZodTool({
      name: 'weather',
      description: 'The weather of a city',
      inputSchema: z.object({ city: z.string() }),
      run: ({ city }) => {
        cities.push(city);
        return `33 °C in ${city}`;
      },
    });
    const runner = client.beta.messages.toolRunner({
      model: CLAUDE,
      max_tokens: 1_000,
      tools: [weather],
      messages: [{ role: 'user', content: CALL_TWICE }],
      stream,
    });
    const last = await runner.runUntilDone();
    expect(cities).toEqual(['Bangkok', 'Berlin']);
    expect(last).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text' }] });
  });
});

describe('what is charged', () => {
  const LONG = 'A rule that is to be kept in mind. '.repeat(400);
  const CASES: [string, Partial<Anthropic.MessageCreateParamsNonStreaming>][] = [
    ['a text', { messages: [user('[[sim prompt=500 completion=300]] hi')] }],
    ['calls', { messages: [user(CALL_TWICE)], tools: [WEATHER] }],
    ['thoughts', { messages: [user('[[sim think=200]] hi')], thinking: { type: 'adaptive' }, max_tokens: 4_000 }],
    [
      'an image',
      { messages: [user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }])] },
    ],
    [
      'a cached prompt',
      {
        messages: [user('hi')],
        system: [{ type: 'text', text: LONG, cache_control: { type: 'ephemeral', ttl: '1h' } }],
      },
    ],
  ];

  it.each(
    CASES.flatMap(([name, params]) =>
      [CLAUDE, GPT].flatMap((model) => MANNERS.map((manner) => [manner[0], name, model, params, manner[1]] as const)),
    ),
  )('%s, for %s, of %s, is what the provider counted', async (_, __, model, params, create) => {
    const { usage } = await create({ model, max_tokens: 1_000, messages: [], ...params });
    const [bill] = gateway.simulator.stats().bill as [BillEntry];
    const { promptTokens, completionTokens, cachedTokens = 0, cacheWriteTokens = 0 } = bill;
    expect(usage).toMatchObject({
      input_tokens: promptTokens - cachedTokens - cacheWriteTokens,
      cache_read_input_tokens: cachedTokens,
      cache_creation_input_tokens: cacheWriteTokens,
      output_tokens: completionTokens,
    });
  });

  it('is in the ledger, and in the message itself', async () => {
    const spender = new Anthropic({ apiKey: gateway.token('carl'), baseURL: gateway.url, maxRetries: 0 });
    const message = await spender.messages.create({
      model: CLAUDE,
      max_tokens: 1_000,
      messages: [user('[[sim prompt=1000 completion=200]] hi')],
    });
    const { credits } = (message as unknown as { gateway: { credits: number } }).gateway;
    expect(credits).toBe(((1_000 * 3 + 200 * 15) / 1_000_000) * 2_000); // dollars a million tokens, credits a dollar
    const { charged, charges, faults } = await readLedger(gateway.databaseUrl, 'carl');
    expect([Number(charged) / 1e6, charges, faults]).toEqual([credits, 1, []]);
  });
});
