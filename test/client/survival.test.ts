import { MemoryStorage, type McpClient, type McpClientOptions } from '@smart-ai-hub/mcp-client';
import { DevelopmentTokens } from '../../src/auth/development-token.js';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { Clients, counting, failureOf, numbers, piecesOf } from './clients.js';

const clients = new Clients();
const proxyOf = ({ url }: TestApp) => startTcpProxy({ host: '127.0.0.1', port: Number(new URL(url).port) });

describe('an answer of the client library', () => {
  let app: TestApp;
  let proxy: TcpProxy;
  let url: string;
  beforeAll(async () => {
    app = await startTestApp();
  });
  beforeEach(async () => {
    proxy = await proxyOf(app);
    url = `http://127.0.0.1:${proxy.port}`;
  });
  afterEach(async () => {
    clients.close();
    await proxy.close();
  });
  afterAll(() => app.close());

  const clientOf = (user: string, options: Partial<McpClientOptions> = {}): McpClient =>
    clients.make({ url, token: app.token(user), ...options });
  const charged = async (user: string) => {
    const { charges, pendingHolds, faults } = await readLedger(app.databaseUrl, user);
    return { charges, pendingHolds, faults };
  };
  const ONCE = { charges: 1, pendingHolds: 0, faults: [] };

  it('survives a network that is cut again and again: each piece once, one charge', async () => {
    const answer = clientOf('cut').chat(counting(150, 10));
    let text = '';
    let cuts = 0;
    for await (const piece of answer) {
      text += piece;
      if (answer.lastSeq < 30 * (cuts + 1)) continue;
      cuts++;
      proxy.cut();
      setTimeout(() => proxy.restore(), 50);
    }
    expect(cuts).toBeGreaterThanOrEqual(3);
    expect(text).toBe(numbers(150));
    expect(await charged('cut')).toEqual(ONCE);
  });

  it('survives a network that swallows everything without a sign', async () => {
    const waits: string[] = [];
    const answer = clientOf('hole', {
      silenceMs: 300,
      signWithinMs: 200,
      openWithinMs: 300,
      onStatus: (status) => status.state === 'waiting' && waits.push(status.error.message),
    }).chat(counting(100, 15));
    await eventually(() => expect(answer.lastSeq).toBeGreaterThan(20));
    proxy.blackhole();
    await eventually(() => expect(waits.length).toBeGreaterThan(1));
    proxy.restore();
    expect((await answer.done).text).toBe(numbers(100));
    expect(waits[0]).toBe('The connection is silent.');
    expect(await charged('hole')).toEqual(ONCE);
  });

  it('is not disturbed by the probes that a silent model brings about', async () => {
    const waits: unknown[] = [];
    const answer = clientOf('mute', {
      silenceMs: 50,
      onStatus: (status) => status.state === 'waiting' && waits.push(status),
    }).chat(counting(3, 400));
    expect(await piecesOf(answer)).toEqual([' 1', ' 2', ' 3']);
    expect(waits).toEqual([]);
  });

  it('is asked for when there is a network at last, and given up after the patience', async () => {
    proxy.cut();
    const early = clientOf('early').chat(counting(5, 1));
    const given = clientOf('early', { patienceMs: 100 }).chat(counting(5, 1));
    expect(await failureOf(given.done)).toMatchObject({
      code: 'UNREACHABLE',
      requestId: given.id,
      message: expect.stringMatching(/^There was no connection for \d+ s: ECONNRESET$/),
    });
    proxy.restore();
    expect((await early.done).text).toBe(numbers(5));
  });

  it('is cancelled even if the network is away at that moment', async () => {
    const answer = clientOf('away').chat(counting(1_000, 10));
    await eventually(() => expect(answer.lastSeq).toBeGreaterThan(5));
    proxy.cut();
    answer.cancel();
    proxy.restore();
    expect(await failureOf(answer.done)).toMatchObject({ code: 'CANCELLED', usage: { usageSource: 'estimated' } });
    expect(await charged('away')).toEqual(ONCE);
  });

  it('goes on with a new token when the old one expires', async () => {
    const reasons: string[] = [];
    const token = ({ reason }: { reason: string }) => {
      reasons.push(reason);
      const ttlSeconds = reason === 'first' ? 1 : 600;
      return app.app.get(DevelopmentTokens).sign({ userId: 'tom', roles: ['user'], ttlSeconds });
    };
    const answer = clientOf('tom', { token }).chat(counting(300, 25));
    expect((await answer.done).text).toBe(numbers(300));
    expect(reasons).toEqual(['first', 'expired']);
    expect(await charged('tom')).toEqual(ONCE);
  });

  it('ends with UNAUTHORIZED where no other token can be had, and is kept for later', async () => {
    const storage = new MemoryStorage();
    const sign = (ttlSeconds: number) =>
      app.app.get(DevelopmentTokens).sign({ userId: 'una', roles: ['user'], ttlSeconds });
    const answer = clientOf('una', { storage, token: sign(1) }).chat(counting(300, 25));
    expect(await failureOf(answer.done)).toMatchObject({ code: 'UNAUTHORIZED', requestId: answer.id });
    const [resumed] = await clientOf('una', { storage, token: sign(600) }).pending();
    expect((await resumed!.done).text).toBe(numbers(300));
  });

  it('has events as its company, which come again after a lost connection', async () => {
    const events: string[] = [];
    const client = clientOf('eva');
    client.subscribe('account', ({ event }) => events.push(event));
    for (const times of [1, 2, 3]) {
      await eventually(() => expect(events.filter((event) => event === 'credits.changed')).toHaveLength(times));
      expect(events.filter((event) => event === 'subscribed')).toHaveLength(times);
      proxy.cut();
      proxy.restore();
    }
  });

  it('survives a reload of the page: it goes on with the text so far, for its own user alone', async () => {
    const storage = new MemoryStorage();
    const before = clientOf('rey', { storage, saveEveryMs: 10 });
    const answer = before.chat(counting(100, 10));
    await eventually(() => expect(answer.lastSeq).toBeGreaterThan(30));
    before.close();
    expect(await clientOf('mallory', { storage }).pending()).toEqual([]);

    const after = clientOf('rey', { storage });
    const [resumed, ...others] = await after.pending();
    expect(others).toEqual([]);
    expect(resumed!.id).toBe(answer.id);
    expect(resumed!.request).toMatchObject({ type: 'chat', model: 'gpt-4o' });
    expect(resumed!.lastSeq).toBeGreaterThan(30);
    expect((await piecesOf(resumed!)).join('')).toBe(numbers(100));
    expect(storage.keys()).toEqual([]);
    expect(await charged('rey')).toEqual(ONCE);
  });

  it('that was never sent before the reload is sent after it', async () => {
    const storage = new MemoryStorage();
    proxy.cut();
    const before = clientOf('ned', { storage });
    before.chat(counting(5, 1));
    before.close();
    proxy.restore();
    const [answer] = await clientOf('ned', { storage }).pending();
    expect((await answer!.done).text).toBe(numbers(5));
  });

  it('needs no storage that works', async () => {
    const faults: unknown[] = [];
    const broken = () => Promise.reject(new Error('full'));
    const storage = { get: broken, set: broken, delete: broken, keys: broken };
    const client = clientOf('sid', { storage, onStorageFault: (error) => faults.push(error) });
    expect((await client.chat(counting(5, 1)).done).text).toBe(numbers(5));
    expect(await client.pending()).toEqual([]);
    expect(faults.length).toBeGreaterThan(1);
  });
});

describe('a background request of the client library', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterEach(() => clients.close());
  afterAll(() => app.close());

  it('is accepted, left, found again after a reload, and answered by a worker that comes late', async () => {
    const storage = new MemoryStorage();
    const options = { url: app.url, token: app.token('bea'), storage };
    const before = clients.make(options);
    const asked = before.chat({ ...counting(6, 1), background: true });
    await asked.accepted();
    expect(asked.queue).toMatchObject({ position: expect.any(Number) });
    before.close();
    const [pending] = await clients.make(options).pending();
    const elsewhere = clients.make({ ...options, storage: new MemoryStorage() }).resume(asked.id);
    const worker = await startTestWorker(app);
    try {
      expect((await pending!.done).text).toBe(numbers(6));
      expect((await elsewhere.done).text).toBe(numbers(6));
    } finally {
      await worker.close();
    }
    expect(storage.keys()).toEqual([]);
    expect(await readLedger(app.databaseUrl, 'bea')).toMatchObject({ charges: 1, pendingHolds: 0, faults: [] });
  });
});

describe('two gateways on one database', () => {
  let database: TestDatabase;
  let first: TestApp;
  let second: TestApp;
  beforeEach(async () => {
    database = await createTestDatabase();
    first = await startTestApp({ DATABASE_URL: database.url, DRAIN_MS: '10000' });
    second = await startTestApp({ DATABASE_URL: database.url });
  });
  afterEach(async () => {
    clients.close();
    await second.close();
    await database.drop();
  });

  it('are one to the client: what the first refuses while it goes away, the second answers', async () => {
    const waits: string[] = [];
    const client = clients.make({
      url: [first.url, second.url],
      token: first.token('ann'),
      onStatus: (status) => status.state === 'waiting' && waits.push(status.error.message),
    });
    const answer = client.chat(counting(150, 10));
    await eventually(() => expect(answer.lastSeq).toBeGreaterThan(10));
    const closing = first.close();
    const next = client.chat(counting(20, 1));
    const [one, other] = await Promise.all([answer.done, next.done]);
    expect([one.text, other.text]).toEqual([numbers(150), numbers(20)]);
    expect(waits).toEqual([expect.stringMatching(/^1001 /)]);
    expect(second.simulator.stats().requests).toBe(1);
    await closing;
  });
});
