import { randomUUID } from 'node:crypto';
import type { AnswerJob } from '../../src/completions/answer-job.js';
import { ResponseCache } from '../../src/completions/cache/response-cache.service.js';
import { createDataSource } from '../../src/database/data-source.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type SocketClient } from '../support/socket-client.js';

/** A question that nobody has asked before. */
const question = (text = randomUUID()) => ({
  id: randomUUID(),
  type: 'chat',
  provider: 'auto',
  model: 'sim-5-1ms',
  messages: [{ role: 'user', content: text }],
  stream: true,
  cache: true,
});
const again = <T extends object>(request: T) => ({ ...request, id: randomUUID() });

describe('an answer that may be given again', () => {
  let gateway: TestApp;
  let alice: SocketClient;

  beforeAll(async () => {
    gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', RESPONSE_CACHE_BYTES: '1048576' });
    alice = await connect(gateway.wsUrl, gateway.token('alice'));
  });
  afterAll(async () => {
    await alice.close();
    await gateway.close();
  });
  beforeEach(() => gateway.simulator.reset());

  const asked = () => gateway.simulator.stats().bill.length;
  /** Answers are kept after they were sent: whoever asks again at once may be too early. */
  const kept = (atLeast = 1) =>
    eventually(async () => {
      const database = await createDataSource(gateway.databaseUrl).initialize();
      try {
        const rows = await database.query<{ count: number }[]>('SELECT count(*)::int AS count FROM cache.response');
        expect(rows[0]!.count).toBeGreaterThanOrEqual(atLeast);
      } finally {
        await database.destroy();
      }
    });
  const forget = async () => {
    const database = await createDataSource(gateway.databaseUrl).initialize();
    await database.query('DELETE FROM cache.response').finally(() => database.destroy());
  };

  it('costs nothing the second time, asks nobody, and says so', async () => {
    await forget();
    const first = question();
    const firstDone = await alice.ask(first);
    expect(firstDone.metadata).not.toHaveProperty('cached');
    await kept();
    const before = await readLedger(gateway.databaseUrl, 'alice');
    const second = again(first);
    const done = await alice.ask(second);
    expect(alice.text(second.id)).toBe(alice.text(first.id));
    expect(done.usage).toEqual({ ...firstDone.usage, credits: 0 });
    expect(done.metadata).toMatchObject({ cached: true, model: 'sim-5-1ms', provider: 'openai', attempts: 0 });
    expect(done.balance).toBe(firstDone.balance);
    expect(asked()).toBe(1);
    expect(await readLedger(gateway.databaseUrl, 'alice')).toMatchObject({ posted: before.posted, held: 0n });
  });

  it('is a stream like any other: it is replayed by its id', async () => {
    await forget();
    const first = question();
    await alice.ask(first);
    await kept();
    const second = again(first);
    await alice.ask(second);
    const other = await connect(gateway.wsUrl, gateway.token('alice'));
    const done = await other.ask(second);
    expect(other.frames(second.id)).toEqual(alice.frames(second.id));
    expect(done.metadata).toMatchObject({ cached: true });
    await other.close();
  });

  it('is given whole where the stream was kept, and as a stream where it was given whole', async () => {
    await forget();
    const whole = { ...question(), stream: false };
    const frame = await alice.ask(whole);
    await kept();
    const streamed = { ...again(whole), stream: true };
    expect((await alice.ask(streamed)).metadata).toMatchObject({ cached: true });
    expect(alice.text(streamed.id)).toBe(frame.data);
  });

  it('keeps vectors, too', async () => {
    await forget();
    const { messages: _messages, ...rest } = question();
    const embedding = { ...rest, type: 'embedding', model: 'text-embedding-3-small', prompt: 'a text', stream: false };
    const first = await alice.ask(embedding);
    await kept();
    const second = await alice.ask(again(embedding));
    expect(second.embeddings).toEqual(first.embeddings);
    expect(second).toMatchObject({ metadata: { cached: true }, usage: { credits: 0 } });
    expect(asked()).toBe(1);
  });

  it("is nobody else's, and not given to who didn't ask for it", async () => {
    await forget();
    const first = question();
    await alice.ask(first);
    await kept();
    const { cache: _cache, ...plain } = again(first);
    expect((await alice.ask(plain)).usage!.credits).toBeGreaterThan(0);
    const bob = await connect(gateway.wsUrl, gateway.token('bob'));
    expect((await bob.ask(again(first))).usage!.credits).toBeGreaterThan(0);
    await bob.close();
    expect(asked()).toBe(3);
  });

  it('is not kept where it was cut', async () => {
    await forget();
    const cut = { ...question(), maxTokens: 2 };
    expect((await alice.ask(cut)).metadata).toMatchObject({ finishReason: 'length' });
    const whole = question();
    await alice.ask(whole);
    await kept();
    expect((await alice.ask(again(cut))).metadata).not.toHaveProperty('cached');
  });

  it('is everyone’s where that is configured, for a user without a credit, too', async () => {
    await forget();
    const shared = await startTestApp({
      DATABASE_URL: gateway.databaseUrl,
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      RESPONSE_CACHE_SCOPE: 'everyone',
      SIGNUP_CREDITS: '0.000001',
    });
    const [rich, poor] = await Promise.all(['alice', 'poor'].map((user) => connect(shared.wsUrl, shared.token(user))));
    const first = question();
    await rich!.ask(first);
    await kept();
    expect(await poor!.ask(question())).toMatchObject({ error: { code: 'INSUFFICIENT_CREDITS' } });
    expect(await poor!.ask(again(first))).toMatchObject({ type: 'done', usage: { credits: 0 }, balance: 0.000001 });
    await Promise.all([rich!.close(), poor!.close()]);
    await shared.close();
  });

  it('goes when there are too many, the oldest first', async () => {
    await forget();
    const cache = gateway.app.get(ResponseCache);
    const content = { text: 'x'.repeat(100_000), reasoning: [], toolCalls: [], logprobs: [] };
    const jobs = Array.from({ length: 15 }, () => ({
      key: { accountId: 'user:alice', requestId: 'ws:x' },
      request: { messages: [randomUUID()] },
      steps: [],
    })) as unknown as AnswerJob[];
    const usage = { inputTokens: 1, outputTokens: 1 };
    for (const job of jobs)
      await cache.keep(job, { providerId: 'openai', model: 'm', content, usage, finishReason: 'stop' });
    await cache.trim();
    const found = await Promise.all(jobs.map(async (job) => (await cache.find(job)) !== undefined));
    expect(found).toEqual(jobs.map((_job, index) => index >= 5));
  });

  it('is not missed where the database has lost it: requests go upstream', async () => {
    const cache = gateway.app.get(ResponseCache);
    const database = await createDataSource(gateway.databaseUrl).initialize();
    await database.query('ALTER TABLE cache.response RENAME TO response_away');
    try {
      const done = await alice.ask(question());
      expect(done.usage!.credits).toBeGreaterThan(0);
      await expect(cache.trim()).rejects.toThrow('cache.response');
    } finally {
      await database.query('ALTER TABLE cache.response_away RENAME TO response');
      await database.destroy();
    }
  });
});
