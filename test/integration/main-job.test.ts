import { FallbackOrchestrator } from '../../src/orchestrator/fallback-orchestrator.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect, type SocketClient } from '../support/socket-client.js';
import { randomUUID } from 'node:crypto';

describe('the main job, over the wire', () => {
  let gateway: TestApp;
  let client: SocketClient;
  const chat = (fields: Record<string, unknown> = {}) => ({
    id: randomUUID(),
    type: 'chat',
    provider: 'auto',
    model: 'sim-5-1ms',
    messages: [{ role: 'user', content: 'hello there' }],
    stream: true,
    ...fields,
  });

  beforeAll(async () => {
    gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', DETACHED_MAX_MS: '1500' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    client = await connect(gateway.wsUrl, gateway.token('alice'));
    gateway.simulator.reset();
    // what one test did to a provider is no reason for the next one to ask it last
    for (const endpointId of ['openai', 'claude']) gateway.app.get(FallbackOrchestrator).forgive(endpointId);
  });
  afterEach(() => client.close());

  it('streams an answer in numbered chunks and ends it with usage, credits and balance', async () => {
    const request = chat();
    const done = await client.ask(request);
    const frames = client.frames(request.id);
    expect(frames.map(({ type, seq }) => `${type} ${seq}`)).toEqual([
      'chunk 1',
      'chunk 2',
      'chunk 3',
      'chunk 4',
      'chunk 5',
      'done 6',
    ]);
    expect(client.text(request.id)).toBe(' lorem'.repeat(5));
    const [bill] = gateway.simulator.stats().bill;
    expect(done.usage).toMatchObject({
      promptTokens: bill!.promptTokens,
      completionTokens: 5,
      usageSource: 'provider',
    });
    expect(done.usage!.credits).toBeCloseTo((bill!.promptTokens * 1 + 5 * 2) * 2_000e-6, 6);
    expect(done.metadata).toMatchObject({ model: 'sim-5-1ms', provider: 'openai', finishReason: 'stop', attempts: 1 });
    expect(done.balance).toBeLessThan(10_000);
  });

  it("charges the specification's example, gpt-4 with 150 + 300 tokens, exactly 45 credits", async () => {
    const content = '[[sim prompt=150 completion=300 gap=0]] question';
    const before = (await readLedger(gateway.databaseUrl, 'alice')).posted;
    const done = await client.ask(chat({ model: 'gpt-4', messages: [{ role: 'user', content }], maxTokens: 300 }));
    expect(done.usage).toEqual({
      promptTokens: 150,
      completionTokens: 300,
      totalTokens: 450,
      credits: 45,
      usageSource: 'provider',
    });
    expect(before - (await readLedger(gateway.databaseUrl, 'alice')).posted).toBe(45_000_000n);
  });

  it('answers in one frame where streaming is not wanted, from the same tokens', async () => {
    const answer = await client.ask(
      chat({ stream: false, type: 'completion', prompt: 'once upon', messages: undefined }),
    );
    expect(answer).toMatchObject({
      type: 'completion',
      data: ' lorem'.repeat(5),
      usage: { completionTokens: 5, usageSource: 'provider' },
    });
    expect(answer.usage!.credits).toBeGreaterThan(0);
    expect(client.received).toHaveLength(1);
  });

  it('speaks to Claude over its own wire', async () => {
    const done = await client.ask(
      chat({
        provider: 'claude',
        messages: [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: 'hi' },
        ],
      }),
    );
    expect(done.metadata).toMatchObject({ provider: 'claude', attempts: 1 });
    expect(gateway.simulator.stats().bill[0]!.wire).toBe('anthropic');
  });

  it('embeds one text and many, as JSON text and as numbers', async () => {
    const embedding = { type: 'embedding', model: 'text-embedding-3-small', stream: false, messages: undefined };
    const one = await client.ask(chat({ ...embedding, prompt: 'a text' }));
    expect(one.type).toBe('completion');
    expect(JSON.parse(one.data!)).toHaveLength(1536);
    expect(one.embeddings![0]).toEqual(JSON.parse(one.data!));
    const many = await client.ask(chat({ ...embedding, prompt: ['a', 'b', 'c'] }));
    expect(JSON.parse(many.data!)).toHaveLength(3);
    expect(many.usage!.completionTokens).toBe(0);
  });

  it('serves many requests at once on one socket, each in order', async () => {
    const requests = Array.from({ length: 100 }, () => chat({ model: 'sim-20-1ms' }));
    const ends = await Promise.all(requests.map((request) => client.ask(request, 25_000)));
    expect(ends.filter(({ type }) => type !== 'done')).toEqual([]);
    for (const { id } of requests)
      expect(client.frames(id).map(({ seq }) => seq)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
  });

  it('gives the same frames again for a repeated id, from where the client left off, on any socket, at no charge', async () => {
    const request = chat();
    await client.ask(request);
    const first = client.frames(request.id);
    const before = await readLedger(gateway.databaseUrl, 'alice');
    const other = await connect(gateway.wsUrl, gateway.token('alice'));
    await other.ask({ ...request, lastSeq: 0 });
    expect(other.frames(request.id)).toEqual(first);
    other.forget(request.id);
    await other.ask({ ...request, lastSeq: 3 });
    expect(other.frames(request.id)).toEqual(first.slice(3));
    other.forget(request.id);
    await other.ask({ id: request.id, lastSeq: 5 });
    expect(other.frames(request.id)).toEqual(first.slice(5));
    await other.close();
    expect(await readLedger(gateway.databaseUrl, 'alice')).toEqual(before);
    expect(gateway.simulator.stats().requests).toBe(1);
  });

  it('lets a second socket join a running answer without gap or double', async () => {
    const request = chat({ model: 'sim-60-5ms' });
    client.send(request);
    await client.first('the tenth chunk', ({ id, seq }) => id === request.id && seq === 10);
    const other = await connect(gateway.wsUrl, gateway.token('alice'));
    await other.ask({ id: request.id, lastSeq: 4 });
    await client.terminal(request.id);
    expect(other.frames(request.id)).toEqual(client.frames(request.id).slice(4));
    await other.close();
  });

  it('goes on when the socket is lost, and gives the rest to the next one', async () => {
    const request = chat({ model: 'sim-40-5ms' });
    client.send(request);
    await client.first('the fifth chunk', ({ id, seq }) => id === request.id && seq === 5);
    await client.terminate();
    const seen = client.frames(request.id).length;
    client = await connect(gateway.wsUrl, gateway.token('alice'));
    const done = await client.ask({ ...request, lastSeq: seen });
    expect(client.frames(request.id)[0]!.seq).toBe(seen + 1);
    expect(done).toMatchObject({ type: 'done', seq: 41, usage: { completionTokens: 40, usageSource: 'provider' } });
  });

  it('refuses another body under a used id', async () => {
    const request = chat();
    await client.ask(request);
    client.forget(request.id);
    const refusal = await client.ask({ ...request, model: 'sim-6-1ms' });
    expect(refusal).toMatchObject({ type: 'error', error: { code: 'CONFLICT', retryable: false } });
    expect(refusal.error!.message).toMatch(/UUID/);
    expect(refusal.seq).toBeUndefined();
  });

  it("keeps one user's ids apart from another's", async () => {
    const request = chat();
    await client.ask(request);
    const bob = await connect(gateway.wsUrl, gateway.token('bob'));
    for (const frame of [{ lastSeq: 0 }, { cancel: true }]) {
      expect((await bob.ask({ id: request.id, ...frame })).error?.code).toBe('NOT_FOUND');
      bob.forget(request.id);
    }
    expect((await bob.ask({ ...request, model: 'sim-2-1ms' })).type).toBe('done');
    await bob.close();
  });

  it('stops at a cancel, charges what was delivered, and hangs up on the provider', async () => {
    const request = chat({ model: 'sim-500-10ms' });
    client.send(request);
    await client.first('the fifth chunk', ({ id, seq }) => id === request.id && seq === 5);
    const end = await client.ask({ id: request.id, cancel: true });
    const chunks = client.frames(request.id).filter(({ type }) => type === 'chunk').length;
    expect(end).toMatchObject({
      type: 'error',
      error: { code: 'CANCELLED' },
      usage: { completionTokens: chunks, usageSource: 'estimated' },
    });
    expect(end.usage!.credits).toBeGreaterThan(0);
    expect(gateway.simulator.stats().bill[0]).toMatchObject({ finished: false });
    client.forget(request.id);
    expect(await client.ask({ id: request.id, cancel: true })).toEqual(end);
  });

  it('ends an answer that nobody watches any more as a cancel would, after DETACHED_MAX_MS', async () => {
    const request = chat({ model: 'sim-2000-10ms' });
    client.send(request);
    await client.first('the third chunk', ({ id, seq }) => id === request.id && seq === 3);
    await client.terminate();
    await eventually(() => expect(gateway.simulator.stats().bill[0]).toMatchObject({ finished: false }));
    client = await connect(gateway.wsUrl, gateway.token('alice'));
    expect(await client.ask({ id: request.id, lastSeq: 3 })).toMatchObject({ error: { code: 'CANCELLED' } });
  });

  it('ends an answer that breaks off with an honest error, charged for what was delivered', async () => {
    const end = await client.ask(chat({ model: 'sim-20-2ms-cut' }));
    expect(end).toMatchObject({
      type: 'error',
      error: { code: 'UPSTREAM_LOST', retryable: true },
      usage: { completionTokens: 10, usageSource: 'estimated' },
    });
    expect(end.seq).toBe(11);
    expect(end.usage!.credits).toBeGreaterThan(0);
  });

  it('takes another provider for an answer that breaks off before anything was shown', async () => {
    gateway.simulator.setFault({ fault: 'cut', wire: 'openai' });
    const answer = await client.ask(chat({ model: 'sim-20-2ms', stream: false }));
    gateway.simulator.setFault();
    expect(answer).toMatchObject({
      type: 'completion',
      data: ' lorem'.repeat(20),
      metadata: { provider: 'claude' },
    });
    // A reset may take the bytes before it along; on a connection used before, such a call is made once more there.
    expect([2, 3]).toContain(answer.metadata!.attempts);
    expect(answer.usage!.completionTokens).toBe(20);
  });

  it('believes a provider that says zero, and counts itself where one says nothing', async () => {
    const zero = await client.ask(chat({ model: 'sim-5-1ms-zerousage' }));
    expect(zero.usage).toMatchObject({ totalTokens: 0, credits: 0, usageSource: 'provider' });
    const none = await client.ask(chat({ model: 'sim-5-1ms-nousage' }));
    expect(none.usage).toMatchObject({ completionTokens: 5, usageSource: 'estimated' });
    expect(none.usage!.credits).toBeGreaterThan(0);
  });

  it.each(['sim-5-20ms-big', 'sim-5-0ms-big'])(
    'takes no more of an answer whose provider ignores the output limit, and charges no more than the limit (%s)',
    async (model) => {
      const end = await client.ask(chat({ model, maxTokens: 10 }));
      expect(end).toMatchObject({
        type: 'done',
        metadata: { finishReason: 'length' },
        usage: { completionTokens: 10, usageSource: 'estimated' },
      });
    },
  );

  it('holds no credits and finds no fault in the books after all that', async () => {
    for (const user of ['alice', 'bob']) {
      const ledger = await readLedger(gateway.databaseUrl, user);
      expect(ledger).toMatchObject({ held: 0n, pendingHolds: 0, faults: [] });
      expect(ledger.posted + ledger.charged).toBe(10_000_000_000n);
    }
  });
});
