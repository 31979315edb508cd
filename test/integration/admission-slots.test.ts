import {
  cancelAll,
  chat,
  EMBEDDING,
  expectCleanBooks,
  load,
  serviceTimeMs,
  untilLoad,
  WITHOUT_RATE_LIMITS,
} from '../support/admission.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { connect, type SocketClient } from '../support/socket-client.js';

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
