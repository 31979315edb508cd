import { randomUUID } from 'node:crypto';
import { readLedger } from '../support/ledger-audit.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { pngOf } from '../support/images.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';
import { toolCallsOf } from '../support/tool-calls.js';

type Body = Record<string, unknown> & { messages: Record<string, unknown>[] };

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools = [{ name: 'weather', description: 'The weather in a city, now.', parameters }];
const user = (content: unknown) => ({ role: 'user', content });
const QUESTION = user('How is it in Oslo? [[sim say="I look." tool=weather args={"city":"Oslo"} gap=0]]');

describe('what people send today, over the WebSocket', () => {
  let gateway: TestApp;
  let client: SocketClient;

  beforeAll(async () => {
    gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' });
    client = await connect(gateway.wsUrl, gateway.token('alice'));
  });
  afterAll(async () => {
    expect(await readLedger(gateway.databaseUrl, 'alice')).toMatchObject({ faults: [], pendingHolds: 0, held: 0n });
    await client.close();
    await gateway.close();
  });
  beforeEach(() => gateway.simulator.reset());

  async function ask(fields: Record<string, unknown>): Promise<{ end: Frame; frames: Frame[] }> {
    const id = randomUUID();
    const end = await client.ask({ id, type: 'chat', provider: 'auto', model: 'gpt-4o', stream: true, ...fields });
    return { end, frames: client.frames(id) };
  }

  /** What the providers were sent last. */
  const sent = (): { wire: string; body: Body } => gateway.simulator.stats().bodies.at(-1) as never;

  it.each([
    ['gpt-4o', 'openai'],
    ['claude-sonnet-4-5', 'claude'],
  ])('a tool is called by %s, and its result answered', async (model, provider) => {
    const { end, frames } = await ask({ model, messages: [QUESTION], tools });
    expect(frames[0]).toMatchObject({ type: 'chunk', seq: 1, model, provider });
    expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => index + 1));
    expect(frames.map(({ data = '' }) => data).join('')).toBe('I look.');
    const toolCalls = toolCallsOf(frames);
    expect(toolCalls).toEqual([{ id: expect.stringMatching(/./), name: 'weather', arguments: '{"city":"Oslo"}' }]);
    expect(end).toMatchObject({ type: 'done', metadata: { finishReason: 'tool_calls', model, provider } });
    const asking = { role: 'assistant', content: 'I look.', toolCalls };
    const answering = { role: 'tool', toolCallId: toolCalls[0]!.id, content: '4 °C and rain' };
    const next = await ask({ model, messages: [QUESTION, asking, answering], tools });
    expect(next.end).toMatchObject({ type: 'done', metadata: { finishReason: 'stop', provider } });
    expect(JSON.stringify(sent().body)).toContain('4 °C and rain');
  });

  it('a call in an answer that comes whole is whole', async () => {
    const { end } = await ask({ messages: [QUESTION], tools, stream: false });
    expect(end).toMatchObject({
      type: 'completion',
      data: 'I look.',
      toolCalls: [{ name: 'weather', arguments: '{"city":"Oslo"}' }],
      metadata: { finishReason: 'tool_calls' },
    });
  });

  it.each([
    ['gpt-4o', 'openai', 'anthropic'],
    ['claude-sonnet-4-5', 'anthropic', 'openai'],
  ] as const)(
    'a conversation that %s began with a tool goes on elsewhere when it is gone',
    async (model, wire, other) => {
      const options = { model, tools, reasoningEffort: 'low', maxTokens: 8_000 };
      const begun = await ask({ ...options, messages: [QUESTION] });
      expect(sent().wire).toBe(wire);
      const toolCalls = toolCallsOf(begun.frames);
      const signature = begun.frames.findLast(({ reasoningSignature }) => reasoningSignature)?.reasoningSignature;
      const thought = begun.frames.map(({ reasoning = '' }) => reasoning).join('');
      const reasoning = signature === undefined ? {} : { reasoning: [{ text: thought, signature }] };
      gateway.simulator.setFault({ fault: '503', wire });
      const { end } = await ask({
        ...options,
        messages: [
          QUESTION,
          { role: 'assistant', content: 'I look.', toolCalls, ...reasoning },
          { role: 'tool', toolCallId: toolCalls[0]!.id, content: 'no such city', isToolError: true },
          user('Then guess.'),
        ],
      });
      expect(end).toMatchObject({
        type: 'done',
        usage: { usageSource: 'provider' },
        metadata: { finishReason: 'stop' },
      });
      expect(sent().wire).toBe(other);
      expect(JSON.stringify(sent().body)).toContain('no such city');
      expect(signature === undefined || !JSON.stringify(sent().body).includes(signature)).toBe(true);
    },
  );

  it('thoughts that Claude signed go back to it', async () => {
    const options = { model: 'claude-sonnet-4-5', tools, reasoningEffort: 'low', maxTokens: 8_000, stream: false };
    const { end } = await ask({ ...options, messages: [QUESTION] });
    const { toolCalls, reasoningBlocks: reasoning } = end;
    expect(reasoning).toEqual([{ text: expect.stringMatching(/\w/), signature: expect.stringMatching(/./) }]);
    const asking = { role: 'assistant', content: end.data, toolCalls, reasoning };
    const answering = { role: 'tool', toolCallId: toolCalls![0]!.id, content: 'rain' };
    const next = await ask({ ...options, messages: [QUESTION, asking, answering] });
    expect(next.end).toMatchObject({ type: 'completion', metadata: { provider: 'claude', finishReason: 'stop' } });
    expect(JSON.stringify(sent().body)).toContain((reasoning![0] as { signature: string }).signature);
  });

  it.each(['gpt-4o', 'claude-sonnet-4-5'])(
    'an image goes to %s as it was sent, its address unopened',
    async (model) => {
      const data = pngOf(40, 30);
      const url = 'https://images.invalid/a.png';
      const content = [
        { type: 'text', text: 'Compare.' },
        { type: 'image', data },
        { type: 'image', url, detail: 'low' },
      ];
      const { end } = await ask({ model, messages: [user(content)] });
      expect(end).toMatchObject({ type: 'done', usage: { usageSource: 'provider' } });
      const body = JSON.stringify(sent().body);
      expect(body).toContain(data);
      expect(body).toContain(url);
      expect(body).toContain('image/png');
    },
  );

  it.each(['gpt-4o', 'claude-sonnet-4-5'])('an answer of %s keeps to its schema', async (model) => {
    const schema = { ...parameters, additionalProperties: false };
    const responseFormat = { type: 'json_schema', name: 'place', schema, strict: true };
    const { frames } = await ask({ model, messages: [user('Which city?')], responseFormat });
    expect(JSON.parse(frames.map(({ data = '' }) => data).join(''))).toEqual({ city: expect.any(String) });
  });

  it('log probabilities come with their tokens', async () => {
    const { frames, end } = await ask({ messages: [user('Hello')], topLogprobs: 2 });
    const chunks = frames.filter(({ type }) => type === 'chunk');
    for (const { data, logprobs } of chunks) expect(logprobs!.map(({ token }) => token).join('')).toBe(data);
    expect(end.metadata!.provider).toBe('openai');
  });

  it('what no model at hand can do is refused, and costs nothing', async () => {
    const image = [user([{ type: 'image', data: pngOf(4, 4) }])];
    const { end } = await ask({ model: 'gpt-4', provider: 'openai', fallback: false, messages: image });
    expect(end.error).toMatchObject({ retryable: false });
    expect(end.error!.message).toMatch(/image/);
    expect([end.seq, gateway.simulator.stats().requests]).toEqual([undefined, 0]);
  });

  it('a provider that nobody configured is named, with those that are', async () => {
    const { end } = await ask({ provider: 'gemini', messages: [user('Hello')] });
    expect(end.error!.message).toMatch(/gemini/);
    expect(end.error!.message).toMatch(/openai/);
    expect(end.seq).toBeUndefined();
  });

  it('a call that breaks off is charged for what was delivered of it', async () => {
    const args = JSON.stringify({ city: 'Oslo '.repeat(40) });
    const question = user(`[[sim tool=weather args=${args} fault=cut after=30 gap=0]]`);
    const { end, frames } = await ask({
      model: 'gpt-4o',
      provider: 'openai',
      fallback: false,
      messages: [question],
      tools,
    });
    expect(end).toMatchObject({ error: { code: 'UPSTREAM_LOST' }, usage: { usageSource: 'estimated' } });
    const [call] = toolCallsOf(frames);
    expect(args.startsWith(call!.arguments)).toBe(true);
    expect(call!.arguments.length).toBeGreaterThan(50);
    expect(end.usage!.completionTokens).toBeGreaterThan(10);
    expect(end.usage!.completionTokens).toBeLessThan(args.length / 2);
  });

  it('the same call is charged alike, whether its chunks come one by one or whole', async () => {
    const usages: unknown[] = [];
    for (const stream of [true, false]) {
      const { end } = await ask({ messages: [QUESTION], tools, stream });
      usages.push(end.usage);
    }
    expect(usages[0]).toEqual(usages[1]);
  });

  it('a conversation that no vendor would take is refused at once, by the name of its field', async () => {
    const { end } = await ask({ messages: [QUESTION, { role: 'tool', toolCallId: 'call_1', content: 'x' }], tools });
    expect(end).toMatchObject({
      error: { code: 'VALIDATION_ERROR', details: { fields: [{ field: 'messages[1].toolCallId' }] } },
    });
    expect(gateway.simulator.stats().requests).toBe(0);
  });

  it.each([true, false])('NUL and half a character come and go unharmed (streamed: %s)', async (stream) => {
    const text = 'a\u0000b \ud800 c';
    const question = user(`[[sim say=${JSON.stringify(text)}]] ${text}`);
    const { end, frames } = await ask({ messages: [question], stream, cache: true });
    expect(end.error).toBeUndefined();
    expect(frames.map(({ data = '' }) => data).join('')).toBe(text);
    const again = await ask({ messages: [question], stream, cache: true });
    expect(again.frames.map(({ data = '' }) => data).join('')).toBe(text);
    expect(again.end.metadata).toMatchObject({ cached: true });
  });

  it('an embedding is as long as was asked', async () => {
    const { end } = await ask({
      type: 'embedding',
      model: 'text-embedding-3-small',
      prompt: 'a',
      dimensions: 8,
      stream: false,
    });
    expect(end.embeddings![0]).toHaveLength(8);
  });
});
