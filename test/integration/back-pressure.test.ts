import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { RunningAnswers } from '../../src/completions/running-answers.js';
import { StreamMemory } from '../../src/completions/stream-memory.js';
import { startTestApp, type TestApp, type TestVariables } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { Flood } from '../support/flood.js';
import { readLedger } from '../support/ledger-audit.js';
import { ProviderServer } from '../support/provider-server.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const LONG_MS = 60_000;
/** What a stream may have waiting beyond its window: the frames of one commit. */
const ONE_COMMIT_BYTES = 512 * KIB;

jest.setTimeout(90_000);

/** Looks at what a gateway holds in memory until it is told to stop. */
function watchMemory({ app }: TestApp) {
  const memory = app.get(StreamMemory);
  const most = { sockets: 0, totalBytes: 0 };
  const timer = setInterval(() => {
    const { sockets, totalBytes } = memory.counters;
    most.sockets = Math.max(most.sockets, sockets);
    most.totalBytes = Math.max(most.totalBytes, totalBytes);
  }, 1);
  return { memory, most, stop: () => clearInterval(timer) };
}

const seqs = (frames: readonly Frame[]) => frames.map(({ seq }) => seq);
const counted = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);

describe('readers that are slower than their streams', () => {
  let provider: ProviderServer;
  let gateway: TestApp;
  const clients: SocketClient[] = [];

  const variables = (): TestVariables => ({
    DEFAULT_PRICE_USD_PER_MTOK: '1,2',
    SIGNUP_CREDITS: '100000000',
    RATE_LIMITS: 'off',
    OPENAI_API_KEY: 'test',
    OPENAI_BASE_URL: `${provider.url}/v1`,
    STREAM_STUCK_MS: '60000',
  });
  const ask = (fields: Record<string, unknown> = {}) => ({
    id: randomUUID(),
    type: 'chat',
    provider: 'openai',
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'hello' }],
    maxTokens: 1_000_000,
    fallback: false,
    stream: true,
    ...fields,
  });
  const open = async (app: TestApp, user = 'alice') => {
    const client = await connect(app.wsUrl, app.token(user));
    clients.push(client);
    return client;
  };
  const ended = (app: TestApp) => eventually(() => expect(app.app.get(RunningAnswers).size).toBe(0), LONG_MS);

  beforeAll(async () => {
    provider = await ProviderServer.start();
    gateway = await startTestApp(variables());
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.terminate()));
    await eventually(() =>
      expect(gateway.app.get(StreamMemory).counters).toMatchObject({ totalBytes: 0, slowConsumers: 0 }),
    );
    expect(await readLedger(gateway.databaseUrl, 'alice')).toMatchObject({ held: 0n, pendingHolds: 0, faults: [] });
  });
  afterAll(async () => {
    await gateway.close();
    await provider.close();
  });

  it('cost a window of memory, hold nobody up, and get everything once they read on', async () => {
    const flood = new Flood({ deltas: 400, characters: 19_000 });
    expect(flood.bytes).toBeGreaterThan(40 * MIB);
    provider.willAnswer(flood.answer);
    const [slow, other] = [await open(gateway), await open(gateway, 'bob')];
    const watched = watchMemory(gateway);
    const request = ask();
    slow.send(request);
    await slow.first('a chunk', ({ id }) => id === request.id, LONG_MS);
    slow.socket.pause();
    const paced = ask({ provider: 'claude', model: 'sim-200-5ms', maxTokens: 1_000 });
    expect((await other.ask(paced)).type).toBe('done');
    await ended(gateway);
    watched.stop();
    expect(watched.memory.counters).toMatchObject({ slowConsumers: 1, pauseCount: 0, stuckSockets: 0 });
    expect(watched.most.sockets).toBeLessThan(256 * KIB + ONE_COMMIT_BYTES);
    slow.socket.resume();
    expect((await slow.terminal(request.id, LONG_MS)).type).toBe('done');
    expect(seqs(slow.frames(request.id))).toEqual(counted(401));
    expect(slow.text(request.id)).toBe(flood.text());
  });

  it('may come late to a long answer, here or at another node, and are shown it in portions', async () => {
    const flood = new Flood({ deltas: 200, characters: 19_000 });
    provider.willAnswer(flood.answer);
    const elsewhere = await startTestApp({ ...variables(), DATABASE_URL: gateway.databaseUrl });
    const request = ask();
    const first = await open(gateway);
    first.send(request);
    await first.first('the fifth chunk', ({ seq }) => seq === 5, LONG_MS);
    const [here, there] = [await open(gateway), await open(elsewhere)];
    const looks = [watchMemory(gateway), watchMemory(elsewhere)];
    for (const client of [here, there]) client.send({ ...request, lastSeq: 2 });
    for (const client of [here, there]) {
      expect((await client.terminal(request.id, LONG_MS)).type).toBe('done');
      expect(seqs(client.frames(request.id))).toEqual(counted(199, 3));
      expect(flood.text().endsWith(client.text(request.id))).toBe(true);
      client.forget(request.id);
    }
    there.send({ ...request, lastSeq: 0 });
    await there.terminal(request.id, LONG_MS);
    expect(there.text(request.id)).toBe(flood.text());
    for (const look of looks) {
      look.stop();
      expect(look.most.sockets).toBeLessThan(2 * (256 * KIB + ONE_COMMIT_BYTES));
    }
    await elsewhere.close();
  });

  it('are sent away when they take nothing for long, and read on at another node', async () => {
    const strict = await startTestApp({ ...variables(), DATABASE_URL: gateway.databaseUrl, STREAM_STUCK_MS: '1000' });
    const flood = new Flood({ deltas: 100, characters: 19_000 });
    provider.willAnswer(flood.answer);
    const request = ask();
    const stuck = await open(strict);
    stuck.send(request);
    await stuck.first('a chunk', ({ id }) => id === request.id, LONG_MS);
    stuck.socket.pause();
    await eventually(() => expect(strict.app.get(StreamMemory).counters.stuckSockets).toBe(1), LONG_MS);
    stuck.socket.resume();
    expect((await stuck.closed()).code).toBe(4413);
    const seen = stuck.frames(request.id);
    const back = await open(gateway);
    await back.ask({ ...request, lastSeq: seen.at(-1)!.seq! }, LONG_MS);
    expect(seqs([...seen, ...back.frames(request.id)])).toEqual(counted(101));
    expect(stuck.text(request.id) + back.text(request.id)).toBe(flood.text());
    await strict.close();
  });

  it('that never answer a goodbye are cut off, and watch nothing any more', async () => {
    const strict = await startTestApp({
      ...variables(),
      DATABASE_URL: gateway.databaseUrl,
      STREAM_STUCK_MS: '500',
      DETACHED_MAX_MS: '500',
    });
    provider.willAnswer(new Flood({ deltas: 100, characters: 19_000 }).answer);
    const stuck = await open(strict);
    const request = ask();
    const endless = ask({ provider: 'claude', model: 'sim-9000-20ms' });
    stuck.send(request);
    stuck.send(endless);
    for (const { id } of [request, endless]) await stuck.first('a chunk', (frame) => frame.id === id, LONG_MS);
    stuck.socket.pause();
    await eventually(() =>
      expect(strict.app.get(StreamMemory).counters).toMatchObject({ stuckSockets: 1, totalBytes: 0 }),
    );
    await ended(strict);
    const back = await open(gateway);
    expect((await back.ask(request, LONG_MS)).type).toBe('done');
    expect(await back.ask({ ...endless, lastSeq: 1 })).toMatchObject({ error: { code: 'CANCELLED' } });
    await strict.close();
  });

  it('share a socket fairly and within its bound', async () => {
    const floods = Array.from({ length: 30 }, () => new Flood({ deltas: 100, characters: 2_000 }));
    provider.willAnswer(...floods.map(({ answer }) => answer));
    const client = await open(gateway);
    const requests = floods.map(() => ask());
    const asked = provider.requests.length;
    client.socket.pause();
    const watched = watchMemory(gateway);
    for (const request of requests) client.send(request);
    await eventually(() => expect(provider.requests.length - asked).toBe(30), LONG_MS);
    await ended(gateway);
    expect(watched.memory.counters.slowConsumers).toBeGreaterThan(10);
    client.socket.resume();
    for (const { id } of requests) {
      expect((await client.terminal(id, LONG_MS)).type).toBe('done');
      expect(client.text(id)).toBe(floods[0]!.text());
    }
    watched.stop();
    expect(watched.most.sockets).toBeLessThan(MIB + (30 * ONE_COMMIT_BYTES) / 4);
  });
});
