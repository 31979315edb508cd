import { randomUUID } from 'node:crypto';
import { PriceList } from '../../src/billing/pricing/price-list.js';
import type { BillEntry } from '../../src/simulator/bill.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { pngOf } from '../support/images.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';

/** CREDITS_PER_USD 2000, in micro-credits. */
const MICRO_CREDITS_PER_USD = 2_000_000_000n;
const LONG = 'the quick brown fox '.repeat(300);

const user = (content: unknown) => ({ role: 'user', content });
const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const tools = [{ name: 'weather', description: 'The weather in a city, now.', parameters: schema }, { name: 'now' }];
const call = { id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' };
const image = { type: 'image', data: pngOf(800, 600) };
const kept = (ttl: string) => [
  { type: 'text', text: LONG, cacheBreakpoint: { ttl } },
  { type: 'text', text: 'Hello' },
];

interface Shape {
  fields: Record<string, unknown>;
  /** Instead of the usual models. */
  models?: Partial<Record<Vendor, string>>;
  /** Of the vendors, those that can do it; absent: both. */
  vendor?: Vendor;
  /** Sent once before: what it leaves in the provider's cache. */
  isRepeated?: true;
  /** The classes of tokens that there have to be. */
  classes?: (keyof BillEntry)[];
}
type Vendor = 'openai' | 'claude';

const MODELS: Record<Vendor, string> = { openai: 'gpt-4o', claude: 'claude-sonnet-4-5' };

/** Every shape of a request that people send today. */
const SHAPES: Record<string, Shape> = {
  'a text': { fields: { messages: [user('Say hello')] } },
  'a conversation with instructions': {
    fields: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        user('Hi'),
        { role: 'assistant', content: 'Hello.' },
        user('Bye'),
      ],
    },
  },
  'a completion of a prompt': { fields: { type: 'completion', prompt: 'Once upon' } },
  'a stop sequence': { fields: { messages: [user('[[sim say="one two three four"]]')], stop: 'three' } },
  'an answer that is cut': { fields: { messages: [user('[[sim completion=50]] Go on')], maxTokens: 10 } },
  'a seed and penalties': { fields: { messages: [user('Hello')], seed: 7, presencePenalty: 1, frequencyPenalty: 0.5 } },
  'a call of a tool': { fields: { messages: [user('[[sim tool=weather args={"city":"Oslo"}]]')], tools } },
  'a text and two calls': {
    fields: { messages: [user('[[sim say="I look." tool=weather args={"city":"Oslo"} tool=now]]')], tools },
  },
  'a tool that must be called': { fields: { messages: [user('Hello')], tools, toolChoice: { name: 'now' } } },
  'the results of tools': {
    fields: {
      messages: [
        user('How is it?'),
        { role: 'assistant', toolCalls: [call, { ...call, id: 'call_2' }] },
        { role: 'tool', toolCallId: 'call_1', content: '4 °C' },
        { role: 'tool', toolCallId: 'call_2', content: 'no such city', isToolError: true },
      ],
      tools,
    },
  },
  'an image by its bytes': { fields: { messages: [user([{ type: 'text', text: 'What is it?' }, image])] } },
  'an image by its address': {
    fields: { messages: [user([{ type: 'image', url: 'https://example.com/a.png', detail: 'low' }])] },
  },
  'an image that a tool saw': {
    fields: {
      messages: [
        user('What is it?'),
        { role: 'assistant', content: 'I look.', toolCalls: [call] },
        { role: 'tool', toolCallId: 'call_1', content: [{ type: 'text', text: 'this' }, image] },
      ],
      tools,
    },
  },
  'JSON by a schema': {
    fields: {
      messages: [user('Which city?')],
      responseFormat: { type: 'json_schema', name: 'city', schema, strict: true },
    },
  },
  'some JSON': { fields: { messages: [user('Any JSON')], responseFormat: { type: 'json_object' } } },
  thoughts: {
    fields: { messages: [user('[[sim think=40 completion=5]]')], reasoningEffort: 'low', maxTokens: 4_000 },
    models: { openai: 'gpt-5' },
    classes: ['reasoningTokens'],
  },
  'a prompt that the provider keeps by itself': {
    fields: { messages: [user(LONG)] },
    vendor: 'openai',
    isRepeated: true,
    classes: ['cachedTokens'],
  },
  'a prompt that the provider is to keep': {
    fields: { messages: [user(kept('5m'))] },
    vendor: 'claude',
    classes: ['cacheWriteTokens'],
  },
  'a prompt that it is to keep for an hour': {
    fields: { messages: [user(kept('1h'))] },
    vendor: 'claude',
    classes: ['cacheWriteTokens', 'cacheWriteHourTokens'],
  },
  'a prompt that it has kept': {
    fields: { messages: [user(kept('5m'))] },
    vendor: 'claude',
    isRepeated: true,
    classes: ['cachedTokens'],
  },
  'log probabilities': { fields: { messages: [user('Hello')], topLogprobs: 2 }, vendor: 'openai' },
  vectors: {
    fields: { type: 'embedding', prompt: ['one', 'two words'], dimensions: 8 },
    models: { openai: 'text-embedding-3-small' },
    vendor: 'openai',
  },
};

const CASES = Object.entries(SHAPES).flatMap(([name, shape]) =>
  (['openai', 'claude'] as const)
    .filter((vendor) => shape.vendor === undefined || shape.vendor === vendor)
    .flatMap((vendor) =>
      [true, false].map((stream) => ({ name, vendor, way: stream ? 'streamed' : 'whole', stream, shape })),
    ),
);

describe("usage and charge equal the provider's own account", () => {
  const prices = new PriceList();
  let gateway: TestApp;
  let client: SocketClient;

  beforeAll(async () => {
    gateway = await startTestApp();
    client = await connect(gateway.wsUrl, gateway.token('alice'));
    // an account begins, with its signup credits, when it is first used
    await client.ask({
      id: randomUUID(),
      type: 'completion',
      provider: 'auto',
      model: 'gpt-4o',
      prompt: 'a',
      stream: false,
    });
  });
  afterAll(async () => {
    await client.close();
    await gateway.close();
  });
  beforeEach(() => gateway.simulator.reset());

  /** By the rates of the list, rounded once. */
  function costOf(entry: BillEntry, vendor: Vendor): bigint {
    const { promptTokens, completionTokens, cachedTokens = 0, cacheWriteTokens = 0, cacheWriteHourTokens = 0 } = entry;
    const { rates } = prices.priceOf(vendor, entry.model)!.tiers[0]!;
    const nanoDollarsPerMillion =
      BigInt(promptTokens - cachedTokens - cacheWriteTokens) * rates.input +
      BigInt(cachedTokens) * rates.cachedInput +
      BigInt(cacheWriteTokens - cacheWriteHourTokens) * rates.cacheWrite +
      BigInt(cacheWriteHourTokens) * rates.cacheWriteHour +
      BigInt(completionTokens) * rates.output;
    const scaled = nanoDollarsPerMillion * MICRO_CREDITS_PER_USD;
    return (scaled + 10n ** 15n - 1n) / 10n ** 15n;
  }

  it.each(CASES)('for $name, $way, at $vendor', async ({ vendor, stream, shape }) => {
    const model = shape.models?.[vendor] ?? MODELS[vendor];
    const ask = (): Promise<Frame> =>
      client.ask({ id: randomUUID(), type: 'chat', provider: vendor, fallback: false, model, stream, ...shape.fields });
    if (shape.isRepeated) await ask();
    const before = (await readLedger(gateway.databaseUrl, 'alice')).posted;
    const { error, usage, metadata, balance } = await ask();
    expect(error).toBeUndefined();
    const { posted, faults } = await readLedger(gateway.databaseUrl, 'alice');
    const { bill, bodies } = gateway.simulator.stats();
    const entry = bill.at(-1)!;
    const { wire: _wire, model: billed, finished, requestId: _requestId, at: _at, ...counts } = entry;
    const { credits, totalTokens, usageSource, ...told } = usage!;
    expect({ told, billed, finished, calls: bodies.length }).toEqual({
      told: counts,
      billed: model,
      finished: true,
      calls: shape.isRepeated ? 2 : 1,
    });
    for (const name of shape.classes ?? []) expect(counts).toHaveProperty(name);
    expect([totalTokens, usageSource]).toEqual([counts.promptTokens + counts.completionTokens, 'provider']);
    expect(metadata).toMatchObject({ model, provider: vendor, attempts: 1 });
    expect(before - posted).toBe(costOf(entry, vendor));
    expect([BigInt(Math.round(credits * 1e6)), BigInt(Math.round(balance! * 1e6))]).toEqual([before - posted, posted]);
    expect(faults).toEqual([]);
  });
});
