import { FallbackOrchestrator } from '../../src/orchestrator/fallback-orchestrator.js';
import { cancelAll, chat, expectCleanBooks, load, untilLoad, WITHOUT_RATE_LIMITS } from '../support/admission.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type SocketClient } from '../support/socket-client.js';

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
