import { randomUUID } from 'node:crypto';
import { FallbackOrchestrator } from '../../src/orchestrator/fallback-orchestrator.js';
import { startTestApp, type TestApp, type TestVariables } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type SocketClient } from '../support/socket-client.js';

const WITHOUT_RATE_LIMITS: TestVariables = { DEFAULT_PRICE_USD_PER_MTOK: '1,2', RATE_LIMITS: 'off' };

/** A request to the first provider alone, unless the fields say otherwise. */
const chat = (model: string, fields: Record<string, unknown> = {}) => ({
  id: randomUUID(),
  type: 'chat',
  provider: 'openai',
  fallback: false,
  model,
  messages: [{ role: 'user', content: 'hello' }],
  stream: true,
  maxTokens: 100,
  ...fields,
});

const EMBEDDING = {
  type: 'embedding',
  model: 'text-embedding-3-small',
  prompt: 'a text',
  messages: undefined,
  maxTokens: undefined,
  stream: false,
};

/** Requests at a provider, and those that wait for it. */
function load(gateway: TestApp, providerId = 'openai'): [running: number, waiting: number] {
  const { running, waiting } = gateway.app
    .get(FallbackOrchestrator)
    .health()
    .find(({ id }) => id === providerId)!;
  return [running, waiting];
}

const untilLoad = (gateway: TestApp, expected: [number, number], providerId?: string) =>
  eventually(() => expect(load(gateway, providerId)).toEqual(expected));

/** Ends all of them and waits for it. */
async function cancelAll(client: SocketClient, requests: readonly { id: string }[]): Promise<void> {
  for (const { id } of requests) client.send({ id, cancel: true });
  await Promise.all(requests.map(({ id }) => client.terminal(id, 60_000)));
}

/** How long a slot is held, from how fast answers of a user who has all five come to their end. */
async function serviceTimeMs(greedy: SocketClient, count: number): Promise<number> {
  const ended = () => greedy.received.filter(({ type }) => type === 'done').length;
  const [first, begunMs] = [ended(), performance.now()];
  await eventually(() => expect(ended()).toBeGreaterThanOrEqual(first + count));
  return ((performance.now() - begunMs) * 5) / count;
}

async function expectCleanBooks(gateway: TestApp, ...users: string[]): Promise<void> {
  for (const user of users) {
    const { held, pendingHolds, faults } = await readLedger(gateway.databaseUrl, user);
    expect({ user, held, pendingHolds, faults }).toEqual({ user, held: 0n, pendingHolds: 0, faults: [] });
  }
}

describe('a greedy user with 500 requests, at five slots', () => {
  let gateway: TestApp;
  let greedy: SocketClient;
  let modest: SocketClient;

  beforeAll(async () => {
    gateway = await startTestApp({ ...WITHOUT_RATE_LIMITS, PROVIDER_CONCURRENCY: '5' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    greedy = await connect(gateway.wsUrl, gateway.token('greedy'));
    modest = await connect(gateway.wsUrl, gateway.token('modest'));
    await modest.ask(chat('sim-10-20ms')); // the account, connections and compiled code are there
  });
  afterEach(async () => {
    await untilLoad(gateway, [0, 0]);
    await expectCleanBooks(gateway, 'greedy', 'modest');
    await greedy.close();
    await modest.close();
  });

  it("leaves the very next slot to another user's single request", async () => {
    const running = Array.from({ length: 5 }, () => chat('sim-5000-20ms'));
    const waiting = Array.from({ length: 495 }, () => chat('sim-10-20ms'));
    for (const request of [...running, ...waiting]) greedy.send(request);
    await untilLoad(gateway, [5, 495]);
    const request = chat('sim-10-20ms');
    modest.send(request);
    await untilLoad(gateway, [5, 496]);
    greedy.send({ id: running[0]!.id, cancel: true });
    await modest.first('its first chunk', ({ id }) => id === request.id);
    expect(
      greedy.received.filter(({ type, id }) => type === 'chunk' && waiting.some((each) => each.id === id)),
    ).toEqual([]);
    expect((await modest.terminal(request.id)).type).toBe('done');
    await cancelAll(greedy, [...waiting, ...running]);
  }, 120_000);

  it('delays it by at most one service time', async () => {
    const requests = Array.from({ length: 500 }, () => chat('sim-10-20ms'));
    for (const request of requests) greedy.send(request);
    await eventually(() => expect(greedy.received.some(({ type }) => type === 'done')).toBe(true));
    const begunMs = performance.now();
    const request = chat('sim-10-20ms');
    modest.send(request);
    await modest.first('the first chunk', ({ id }) => id === request.id);
    const waitedMs = performance.now() - begunMs;
    // One service time in the line; the other is for what a busy machine adds to it and to the first chunk.
    expect(waitedMs).toBeLessThan(2 * (await serviceTimeMs(greedy, 50)));
    await cancelAll(greedy, requests);
  }, 120_000);
});

describe('requests that wait for a provider, at two slots', () => {
  let gateway: TestApp;
  let client: SocketClient;
  let busy: ReturnType<typeof chat>[];

  beforeAll(async () => {
    gateway = await startTestApp({
      ...WITHOUT_RATE_LIMITS,
      PROVIDER_CONCURRENCY: '2',
      PROVIDER_QUEUE_LENGTH: '6',
      PROVIDER_QUEUE_PER_USER: '4',
    });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    gateway.simulator.reset();
    client = await connect(gateway.wsUrl, gateway.token('alice'));
    busy = [];
  });
  afterEach(async () => {
    await cancelAll(client, busy);
    for (const providerId of ['openai', 'claude']) await untilLoad(gateway, [0, 0], providerId);
    await client.close();
    await expectCleanBooks(gateway, 'alice', 'bob');
  });

  /** Takes both slots of a provider for as long as the test lasts. */
  async function occupy(provider = 'openai'): Promise<void> {
    const requests = [chat('sim-5000-20ms', { provider }), chat('sim-5000-20ms', { provider })];
    for (const request of requests) client.send(request);
    await Promise.all(requests.map(({ id }) => client.first('its first chunk', (frame) => frame.id === id)));
    busy.push(...requests);
  }

  async function wait(fields: Record<string, unknown> = {}): Promise<ReturnType<typeof chat>> {
    const [, waiting] = load(gateway);
    const request = chat('sim-5-1ms', fields);
    client.send(request);
    await untilLoad(gateway, [2, waiting + 1]);
    return request;
  }

  it('go on when a slot is free, however long that took: a wait is no failed attempt', async () => {
    const requests = [chat('sim-100-20ms'), chat('sim-100-20ms'), chat('sim-5-1ms')]; // 2 s; headers are due in 1.5 s
    for (const request of requests) client.send(request);
    for (const { id } of requests)
      expect(await client.terminal(id)).toMatchObject({ type: 'done', metadata: { attempts: 1 } });
  });

  it('are refused beyond the bound: nothing is held or stored, and the same id can be sent again', async () => {
    const known = chat('sim-5-1ms');
    const end = await client.ask(known);
    client.forget(known.id);
    await occupy();
    for (let count = 0; count < 4; count++) busy.push(await wait());
    const pendingHolds = async () => (await readLedger(gateway.databaseUrl, 'alice')).pendingHolds;
    await eventually(async () => expect(await pendingHolds()).toBe(6));
    const request = chat('sim-5-1ms');
    expect(await client.ask(known)).toEqual(end); // what is known already needs no place
    const refusal = await client.ask(request);
    expect(refusal).toEqual({
      id: request.id,
      type: 'error',
      error: {
        code: 'QUEUE_OVERFLOW',
        message: expect.any(String),
        retryable: true,
        retryAfterMs: expect.any(Number),
      },
    });
    expect(refusal.error!.retryAfterMs).toBeGreaterThanOrEqual(100);
    expect(load(gateway)).toEqual([2, 4]);
    expect(await pendingHolds()).toBe(6);
    client.forget(request.id);
    expect((await client.ask({ id: request.id, lastSeq: 0 })).error?.code).toBe('NOT_FOUND');
    await cancelAll(client, busy.splice(0));
    client.forget(request.id);
    expect((await client.ask(request)).type).toBe('done');
  });

  it("are not refused for another user's sake, and give way to one who has less where the line is full", async () => {
    const bob = await connect(gateway.wsUrl, gateway.token('bob'));
    const carol = await connect(gateway.wsUrl, gateway.token('carol'));
    await occupy();
    for (let count = 0; count < 4; count++) busy.push(await wait());
    const others = [chat('sim-5-1ms'), chat('sim-5-1ms')];
    for (const request of others) bob.send(request);
    await untilLoad(gateway, [2, 6]);
    const request = chat('sim-5-1ms');
    carol.send(request);
    const displaced = busy.at(-1)!;
    expect(await client.terminal(displaced.id)).toMatchObject({
      type: 'error',
      seq: 1,
      error: { code: 'QUEUE_OVERFLOW', retryAfterMs: expect.any(Number) },
      usage: { credits: 0 },
    });
    await cancelAll(client, busy.splice(0, 2));
    expect((await carol.terminal(request.id)).type).toBe('done');
    for (const { id } of others) expect((await bob.terminal(id)).type).toBe('done');
    await bob.close();
    await carol.close();
  });

  it('leave the line at once when they are cancelled, and cost nothing', async () => {
    await occupy();
    const request = await wait();
    const asked = gateway.simulator.stats().requests;
    const end = await client.ask({ id: request.id, cancel: true });
    expect(end).toMatchObject({
      type: 'error',
      seq: 1,
      error: { code: 'CANCELLED' },
      usage: { totalTokens: 0, credits: 0 },
      metadata: { attempts: 0 },
    });
    expect(load(gateway)).toEqual([2, 0]);
    expect(gateway.simulator.stats().requests).toBe(asked);
    client.forget(request.id);
    expect(await client.ask({ id: request.id, cancel: true })).toEqual(end);
  });

  it('keep their place when their socket is lost, and are read on another one', async () => {
    const bob = await connect(gateway.wsUrl, gateway.token('bob'));
    await occupy();
    const request = chat('sim-5-1ms');
    bob.send(request);
    await untilLoad(gateway, [2, 1]);
    await bob.terminate();
    const again = await connect(gateway.wsUrl, gateway.token('bob'));
    again.send({ ...request, lastSeq: 0 });
    await cancelAll(client, busy.splice(0, 1));
    expect(await again.terminal(request.id)).toMatchObject({ type: 'done', seq: 6 });
    expect(again.text(request.id)).toBe(' lorem'.repeat(5));
    expect(gateway.simulator.stats().requests).toBe(3);
    await again.close();
  });

  it('are answered by another provider that is free where any will do, and wait where one was named', async () => {
    await occupy();
    expect(await client.ask(chat('sim-5-1ms', { provider: 'auto', fallback: true }))).toMatchObject({
      type: 'done',
      metadata: { provider: 'claude', attempts: 1 },
    });
    const named = await wait({ fallback: true });
    await cancelAll(client, busy.splice(0, 1));
    expect(await client.terminal(named.id)).toMatchObject({ type: 'done', metadata: { provider: 'openai' } });
  });

  it('take whichever slot is free first where any provider will do', async () => {
    await occupy();
    await occupy('claude');
    const request = await wait({ provider: 'auto', fallback: true });
    expect(load(gateway, 'claude')).toEqual([2, 1]);
    await cancelAll(client, busy.splice(2, 1));
    expect(await client.terminal(request.id)).toMatchObject({ type: 'done', metadata: { provider: 'claude' } });
    expect(load(gateway)).toEqual([2, 0]);
  });

  it('wait again for the next provider when theirs fails', async () => {
    await occupy('claude');
    gateway.simulator.setFault({ fault: '503', wire: 'openai', count: 1 });
    const request = chat('sim-5-1ms', { fallback: true });
    client.send(request);
    await untilLoad(gateway, [2, 1], 'claude');
    expect(load(gateway)).toEqual([0, 0]);
    await cancelAll(client, busy.splice(0, 1));
    expect(await client.terminal(request.id)).toMatchObject({
      type: 'done',
      metadata: { provider: 'claude', attempts: 2 },
    });
  });

  it('move on to the next provider when theirs turns out to limit our rate', async () => {
    await occupy();
    const request = await wait({ fallback: true });
    const limited = await wait({ fallback: true });
    gateway.simulator.setFault({ fault: '429', wire: 'openai', retryAfterSeconds: 1, count: 1 });
    await cancelAll(client, busy.splice(0, 1));
    for (const { id } of [request, limited])
      expect(await client.terminal(id)).toMatchObject({ type: 'done', metadata: { provider: 'claude' } });
    expect(gateway.simulator.stats().byWire.openai.requests).toBe(3);
    await eventually(() => {
      const { cooldownMs } = gateway.app.get(FallbackOrchestrator).health()[0]!;
      expect(cooldownMs).toBe(0);
    });
  });

  it('tell who listens where they stand, and when their turn has come', async () => {
    const bob = await connect(gateway.wsUrl, gateway.token('bob'));
    for (const socket of [client, bob]) {
      socket.send({ id: 'news', type: 'subscribe', channel: 'requests' });
      await socket.first('subscribed', ({ id }) => id === 'news');
      socket.forget('news');
    }
    await occupy();
    const [first, second] = [await wait(), await wait()];
    const news = () => client.frames('news') as unknown as { event: string; data: { requestId: string } }[];
    const of = ({ id }: { id: string }) => news().filter(({ data }) => data.requestId === id);
    await eventually(() => expect(news()).toHaveLength(2));
    const event = { id: 'news', type: 'event', channel: 'requests' };
    const retryAfterMs = expect.any(Number) as number;
    expect(of(first)).toEqual([
      { ...event, event: 'request.queued', data: { requestId: first.id, position: 1, retryAfterMs } },
    ]);
    expect(of(second)).toEqual([
      { ...event, event: 'request.queued', data: { requestId: second.id, position: 2, retryAfterMs } },
    ]);
    await cancelAll(client, [first]);
    await eventually(() => expect(of(second)).toHaveLength(2));
    expect(of(second)[1]).toMatchObject({ event: 'request.queued', data: { position: 1 } });
    await cancelAll(client, busy.splice(0, 1));
    await client.terminal(second.id);
    await eventually(() => expect(of(second)).toHaveLength(3));
    expect(of(second)[2]).toEqual({ ...event, event: 'request.waiting', data: { requestId: second.id } });
    expect(of(first)).toHaveLength(1);
    expect(bob.frames('news')).toEqual([]);
    await bob.close();
  });
});

describe('slots', () => {
  it('all come back, however six hundred answers end', async () => {
    const gateway = await startTestApp({
      ...WITHOUT_RATE_LIMITS,
      PROVIDER_CONCURRENCY: '20',
      PROVIDER_QUEUE_LENGTH: '200',
      PROVIDER_QUEUE_PER_USER: '150',
    });
    const users = ['a', 'b', 'c', 'd'];
    const sockets = await Promise.all(users.map((user) => connect(gateway.wsUrl, gateway.token(user))));
    const models = ['4-1ms', '30-2ms', '6-2ms-cut', '4-1ms', '8-2ms', '4-1ms-err', '20-1ms', '0-1ms-cut', '9-1ms'];
    const ends = new Map<string, number>();
    for (let wave = 0; wave < 3; wave++) {
      if (wave === 1) gateway.simulator.setFault({ fault: '500', wire: 'openai', count: 30 });
      if (wave === 1) gateway.simulator.setFault({ fault: 'reset', wire: 'anthropic', count: 10 });
      const sent = sockets.flatMap((socket, who) =>
        Array.from({ length: 50 }, (_, index) => {
          const request = chat(`sim-${models[(index + wave) % models.length]}`, {
            provider: ['openai', 'claude', 'auto'][index % 3],
            fallback: index % 2 === 0,
            ...(index % 13 === 0 ? EMBEDDING : {}),
            ...(index % 11 === 0 && index > 0 ? { maxTokens: 1_000_000, clampToBalance: false } : {}), // beyond the balance
          });
          socket.send(request);
          if (index % 7 === 0) socket.send({ id: request.id, cancel: true });
          return { socket, who, request };
        }),
      );
      if (wave === 2) {
        await sockets[0]!.terminate();
        sockets[0] = await connect(gateway.wsUrl, gateway.token('a'));
        for (const each of sent.filter(({ who }) => who === 0)) {
          each.socket = sockets[0];
          each.socket.send({ ...each.request, lastSeq: 0 });
        }
      }
      for (const { socket, request } of sent) {
        const end = await socket.terminal(request.id, 60_000);
        const what = end.error?.code ?? end.type;
        ends.set(what, (ends.get(what) ?? 0) + 1);
      }
      gateway.simulator.setFault();
    }
    expect([...ends.keys()].sort()).toEqual(
      expect.arrayContaining(['CANCELLED', 'INSUFFICIENT_CREDITS', 'UPSTREAM_LOST', 'completion', 'done']),
    );
    for (const providerId of ['openai', 'claude']) await untilLoad(gateway, [0, 0], providerId);
    await expectCleanBooks(gateway, ...users);
    for (const socket of sockets) await socket.close();
    await gateway.close();
  }, 120_000);

  it('are not waited for longer than PROVIDER_QUEUE_WAIT_MS', async () => {
    const gateway = await startTestApp({
      ...WITHOUT_RATE_LIMITS,
      PROVIDER_CONCURRENCY: '1',
      PROVIDER_QUEUE_WAIT_MS: '300',
    });
    const client = await connect(gateway.wsUrl, gateway.token('alice'));
    const running = chat('sim-5000-20ms');
    client.send(running);
    await untilLoad(gateway, [1, 0]);
    const end = await client.ask(chat('sim-5-1ms'));
    expect(end).toMatchObject({
      type: 'error',
      seq: 1,
      error: {
        code: 'QUEUE_OVERFLOW',
        retryable: true,
        retryAfterMs: expect.any(Number),
        details: { attempts: [{ provider: 'openai', model: 'sim-5-1ms', reason: 'queue_full' }] },
      },
      usage: { credits: 0 },
      metadata: { attempts: 0 },
    });
    expect(end.metadata!.latency).toBeGreaterThanOrEqual(295);
    expect(load(gateway)).toEqual([1, 0]);
    await cancelAll(client, [running]);
    await expectCleanBooks(gateway, 'alice');
    await client.close();
    await gateway.close();
  });

  it('are waited for no longer than a drain lasts, and the wait ends honestly', async () => {
    const database = await createTestDatabase();
    const gateway = await startTestApp({
      ...WITHOUT_RATE_LIMITS,
      PROVIDER_CONCURRENCY: '1',
      DRAIN_MS: '700',
      DATABASE_URL: database.url,
    });
    const client = await connect(gateway.wsUrl, gateway.token('alice'));
    const requests = [
      chat('sim-10-20ms'),
      chat('sim-5000-20ms'),
      ...Array.from({ length: 20 }, () => chat('sim-5-1ms')),
    ];
    for (const request of requests) client.send(request);
    await untilLoad(gateway, [1, 21]);
    const begunMs = performance.now();
    const closing = gateway.close();
    const [first, second, ...others] = await Promise.all(requests.map(({ id }) => client.terminal(id)));
    expect(first!.type).toBe('done');
    expect(second!.error).toMatchObject({ code: 'UNAVAILABLE' });
    for (const end of others)
      expect(end).toMatchObject({ error: { code: 'UNAVAILABLE' }, seq: 1, usage: { credits: 0 } });
    expect((await client.closed()).code).toBe(1001);
    await closing;
    expect(performance.now() - begunMs).toBeLessThan(5_000);
    await expectCleanBooks({ databaseUrl: database.url } as TestApp, 'alice');
    await database.drop();
  });
});
