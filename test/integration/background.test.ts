import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { AccountsService } from '../../src/billing/accounts/accounts.service.js';
import { LostRequests } from '../../src/completions/background/lost-requests.js';
import { BackgroundQueue } from '../../src/completions/background/background-queue.service.js';
import { startTestApp, startTestWorker, type TestApp, type TestVariables } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { pngOf } from '../support/images.js';
import { closedInOrder, readLedger } from '../support/ledger-audit.js';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';

const request = (model: string, more: object = {}) => ({
  id: randomUUID(),
  type: 'chat',
  provider: 'auto',
  model,
  messages: [{ role: 'user', content: 'hello' }],
  stream: false,
  background: true,
  ...more,
});

function backgroundRequests(redisUrl: () => string | undefined) {
  let gateway: TestApp;
  let alice: SocketClient;
  const workers: INestApplicationContext[] = [];
  const variables = (): TestVariables => ({
    DEFAULT_PRICE_USD_PER_MTOK: '1,2',
    STREAM_REPLAY_MS: '1000',
    ...(redisUrl() === undefined ? {} : { REDIS_URL: redisUrl() }),
  });
  const startWorker = async (more: TestVariables = {}) => {
    const worker = await startTestWorker(gateway, { ...variables(), ...more });
    workers.push(worker);
    return worker;
  };
  const stopWorkers = async () => {
    while (workers.length > 0) await workers.pop()!.close();
  };
  const acknowledgement = (client: SocketClient, id: string) =>
    client.first('the acknowledgement', (frame) => frame.id === id && frame.type === 'event');
  const receipt = (user: string, id: string) =>
    new RestClient(gateway.url, gateway.token(user)).get<{
      status: string;
      background: boolean;
      answer: Frame | null;
      charge: number | null;
    }>(`/api/mcp/requests/${id}`);
  const queued = async (client: SocketClient, frame: { id: string }) => {
    client.send(frame);
    await acknowledgement(client, frame.id);
  };

  beforeAll(async () => {
    gateway = await startTestApp(variables());
    alice = await connect(gateway.wsUrl, gateway.token('alice'));
  });
  afterEach(stopWorkers);
  afterAll(async () => {
    for (const user of ['alice', 'bob', 'poor', 'cold']) {
      expect(await readLedger(gateway.databaseUrl, user)).toMatchObject({ faults: [], pendingHolds: 0, held: 0n });
    }
    await gateway.close();
  });

  it('carry tools, images and any text to whoever answers them', async () => {
    const data = pngOf(64, 64) + 'A'.repeat(3_000_000);
    const messages = [
      { role: 'user', content: 'Look \u0000 \ud800 "there"' },
      { role: 'assistant', toolCalls: [{ id: 'c1', name: 'look', arguments: '{"at": "\u0000' }] },
      { role: 'tool', toolCallId: 'c1', content: [{ type: 'image', data }] },
      { role: 'user', content: '[[sim say="I look." tool=look args={"at":"sky"} gap=0]]' },
    ];
    const tools = [{ name: 'look', parameters: { type: 'object', properties: { at: { const: null } } } }];
    const asked = request('gpt-4o', { messages, tools });
    gateway.simulator.reset();
    await queued(alice, asked);
    await startWorker();
    const end = await alice.terminal(asked.id);
    expect(end).toMatchObject({
      type: 'completion',
      data: 'I look.',
      toolCalls: [{ name: 'look', arguments: '{"at":"sky"}' }],
      usage: { usageSource: 'provider' },
      metadata: { finishReason: 'tool_calls' },
    });
    const { body } = gateway.simulator.stats().bodies.at(-1)! as unknown as { body: { messages: object[] } };
    expect(JSON.stringify(body.messages[0])).toContain(JSON.stringify(messages[0]!.content));
    expect(JSON.stringify(body)).toContain(data);
    alice.send(asked); // a repeat shows the same answer
    expect(
      (
        await alice.first(
          'the answer again',
          (frame) => frame.id === asked.id && frame !== end && frame.type === 'completion',
        )
      ).toolCalls,
    ).toEqual(end.toolCalls);
  });

  it('are refused where they are too large to be kept', async () => {
    const content = [{ type: 'image', data: pngOf(64, 64) + 'A'.repeat(4_200_000) }];
    const { error, seq } = await alice.ask(request('gpt-4o', { messages: [{ role: 'user', content }] }));
    expect([error?.code, error?.retryable, seq]).toEqual(['PAYLOAD_TOO_LARGE', false, undefined]);
    expect(error!.message).toContain('4 MiB');
  });

  it('are acknowledged when they are durable, and answered once a worker is there, however long that takes', async () => {
    const asked = request('sim-7-1ms');
    alice.send(asked);
    const event = await acknowledgement(alice, asked.id);
    expect(event).toMatchObject({ channel: 'requests', event: 'request.queued', data: { requestId: asked.id } });
    expect((event.data as unknown as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0);
    expect((await receipt('alice', asked.id)).body).toMatchObject({
      status: 'pending',
      background: true,
      answer: null,
    });
    await startWorker();
    const end = await alice.terminal(asked.id);
    expect(end).toMatchObject({ type: 'completion', usage: { completionTokens: 7, usageSource: 'provider' } });
    const { body } = await receipt('alice', asked.id);
    expect(body).toMatchObject({ status: 'settled', charge: end.usage!.credits, answer: end });
  });

  it('need nobody to wait for them, and can be fetched long after the replay of streams has ended', async () => {
    const asked = request('sim-5-1ms');
    const passer = await connect(gateway.wsUrl, gateway.token('alice'));
    await queued(passer, asked);
    await passer.close();
    await startWorker();
    const { answer } = await eventually(async () => {
      const { body } = await receipt('alice', asked.id);
      expect(body.answer).toMatchObject({ type: 'completion' });
      return body;
    });
    await eventually(async () => {
      const late = await connect(gateway.wsUrl, gateway.token('alice'));
      expect(await late.ask({ id: asked.id, lastSeq: 0 })).toEqual(answer);
      await late.close();
    });
  });

  it('generate and charge once, however often they are asked for', async () => {
    await startWorker();
    const { requests } = gateway.simulator.stats();
    const asked = request('sim-4-5ms');
    const others = await Promise.all([1, 2, 3].map(() => connect(gateway.wsUrl, gateway.token('alice'))));
    const ends = await Promise.all([alice, ...others].map((client) => client.ask(asked)));
    for (const end of ends) expect(end).toEqual(ends[0]);
    const other = await connect(gateway.wsUrl, gateway.token('alice'));
    expect(await other.ask({ ...asked, model: 'sim-9-1ms' })).toMatchObject({ error: { code: 'CONFLICT' } });
    await other.close();
    expect(gateway.simulator.stats().requests).toBe(requests + 1);
    for (const client of others) await client.close();
  });

  it('end as cancelled, for nothing, while they wait, and are never begun', async () => {
    const { requests } = gateway.simulator.stats();
    const asked = request('sim-4-5ms');
    await queued(alice, asked);
    alice.send({ id: asked.id, cancel: true });
    expect(await alice.terminal(asked.id)).toMatchObject({ error: { code: 'CANCELLED' }, usage: { credits: 0 } });
    expect((await receipt('alice', asked.id)).body).toMatchObject({ status: 'released', charge: 0 });
    await startWorker();
    const later = request('sim-4-1ms');
    await alice.ask(later);
    expect(gateway.simulator.stats().requests).toBe(requests + 1);
  });

  it('are found by the cancel that is sent right behind them', async () => {
    const asked = request('sim-4-5ms');
    alice.send(asked);
    alice.send({ id: asked.id, cancel: true });
    expect(await alice.terminal(asked.id)).toMatchObject({ error: { code: 'CANCELLED' }, usage: { credits: 0 } });
  });

  it('are stopped at their worker while they run, charged for what it had received', async () => {
    await startWorker();
    const asked = request('sim-500-20ms');
    alice.send(asked);
    await eventually(() => expect(gateway.simulator.stats().open).toBe(1));
    alice.send({ id: asked.id, cancel: true });
    const end = await alice.terminal(asked.id);
    expect(end).toMatchObject({ error: { code: 'CANCELLED' }, usage: { usageSource: 'estimated' } });
    await eventually(() => expect(gateway.simulator.stats().open).toBe(0));
  });

  it('store nothing where the balance is too low: the same id may be tried after a top-up', async () => {
    await startWorker();
    const poor = await connect(gateway.wsUrl, gateway.token('poor'));
    const asked = request('gpt-4', { maxTokens: 1_000_000, clampToBalance: false });
    expect(await poor.ask(asked)).toMatchObject({ error: { code: 'INSUFFICIENT_CREDITS' } });
    expect((await receipt('poor', asked.id)).status).toBe(404);
    const accounts = gateway.app.get(AccountsService);
    await accounts.grant({ userId: 'poor', amount: 900_000_000_000n, idempotencyKey: 'top-up', meta: {} });
    const richer = await connect(gateway.wsUrl, gateway.token('poor'));
    expect(await richer.ask(asked)).toMatchObject({ type: 'completion' });
    for (const client of [poor, richer]) await client.close();
  });

  it('must not be streamed, and say so', async () => {
    const refused = await alice.ask(request('sim-4-1ms', { stream: true }));
    expect(refused).toMatchObject({ error: { code: 'VALIDATION_ERROR' } });
    expect(refused.error!.message).toContain('background goes with stream: false only');
    const odd = await alice.ask(request('sim-4-1ms', { background: 'yes' }));
    expect(odd.error!.message).toContain('background must be true or false');
  });

  it('embed as well', async () => {
    await startWorker();
    const embedding = { type: 'embedding', model: 'text-embedding-3-small', prompt: ['a', 'b'], messages: undefined };
    const end = await alice.ask(request('', embedding));
    expect(end).toMatchObject({ type: 'completion', usage: { completionTokens: 0 } });
    expect(end.embeddings).toHaveLength(2);
  });

  it("come in turn: another's first before the third of one who asks a lot", async () => {
    const bob = await connect(gateway.wsUrl, gateway.token('bob'));
    const greedy = Array.from({ length: 8 }, () => request('sim-2-10ms'));
    for (const each of greedy) await queued(alice, each);
    const single = request('sim-2-10ms');
    await queued(bob, single);
    const ended = [...greedy.map(({ id }) => alice.terminal(id)), bob.terminal(single.id)];
    await startWorker({ BACKGROUND_CONCURRENCY: '1' });
    await Promise.all(ended);
    // As they were answered: frames reach two sockets in whichever order.
    const order = await closedInOrder(gateway.databaseUrl, [...greedy, single]);
    expect(order.indexOf(single.id)).toBeLessThanOrEqual(2);
    await bob.close();
  });

  it('are tried again while every provider is down, and charged once', async () => {
    await startWorker();
    gateway.simulator.setFault({ fault: '500', count: 6 });
    const asked = request('sim-3-1ms');
    expect(await alice.ask(asked)).toMatchObject({ type: 'completion', usage: { completionTokens: 3 } });
  });

  it('stop with the account that is frozen before they are begun', async () => {
    const cold = await connect(gateway.wsUrl, gateway.token('cold'));
    const asked = request('sim-900-20ms');
    await queued(cold, asked);
    await gateway.app.get(AccountsService).freeze('cold', 'a test');
    await startWorker();
    expect((await cold.terminal(asked.id)).metadata).toMatchObject({ finishReason: 'credits_exhausted' });
    await cold.close();
  });

  it('end honestly, for nothing, where their job was lost', async () => {
    const asked = request('sim-3-1ms');
    await queued(alice, asked);
    const key = { accountId: 'user:alice', requestId: `ws:${asked.id}` };
    expect(await gateway.app.get(BackgroundQueue).withdraw(key)).toBe(true);
    const worker = await startWorker();
    await worker.get(LostRequests).sweep(0);
    const end = await alice.terminal(asked.id);
    expect(end).toMatchObject({ error: { code: 'UPSTREAM_LOST' }, usage: { credits: 0 } });
  });

  it('are left to another worker by one that shuts down', async () => {
    const first = await startWorker({ DRAIN_MS: '50' });
    const asked = request('sim-100-20ms');
    alice.send(asked);
    await eventually(() => expect(gateway.simulator.stats().open).toBe(1));
    await startWorker();
    workers.splice(workers.indexOf(first), 1);
    await first.close();
    expect(await alice.terminal(asked.id)).toMatchObject({ type: 'completion', usage: { completionTokens: 100 } });
  });
}

describe('background requests on PostgreSQL', () => backgroundRequests(() => undefined));

describeWithRedis('background requests on Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  backgroundRequests(() => redis.url);
  afterAll(() => redis.stop()); // after the gateway has been closed: hooks run in this order
});
