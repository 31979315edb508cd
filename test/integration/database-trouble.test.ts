import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type SocketClient } from '../support/socket-client.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

/** What a new request may wait for its refusal. */
const REFUSED_WITHIN_MS = 4_000;
const GRANTED = 10_000_000_000n;

let database: TestDatabase;
let proxy: TcpProxy;
let gateway: TestApp;

beforeAll(async () => {
  database = await createTestDatabase();
  const { hostname, port } = new URL(database.url);
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  const proxied = new URL(database.url);
  proxied.port = String(proxy.port);
  gateway = await startTestApp({ DATABASE_URL: proxied.href, DEFAULT_PRICE_USD_PER_MTOK: '1,2' });
});
afterAll(async () => {
  proxy.restore();
  await gateway.close();
  await proxy.close();
  await database.drop();
});

const chat = (model: string) => ({
  id: randomUUID(),
  type: 'chat',
  provider: 'auto',
  model,
  messages: [{ role: 'user', content: 'x' }],
  stream: true,
});

/** Streams that will have ended long after the trouble is over, each in its middle. */
async function startStreams(client: SocketClient, models: string[]) {
  const requests = models.map(chat);
  for (const request of requests) client.send(request);
  await Promise.all(requests.map(({ id }) => client.first('a chunk', (frame) => frame.id === id && frame.seq === 2)));
  return requests;
}

async function timed<T>(work: Promise<T>): Promise<{ value: T; ms: number }> {
  const begun = performance.now();
  return { value: await work, ms: performance.now() - begun };
}

/** While the database is away nothing new is begun, and whoever asks learns so at once. */
async function expectRefusals(user: string): Promise<void> {
  const rest = new RestClient(gateway.url, gateway.token(user));
  const socket = await connect(gateway.wsUrl, gateway.token(user));
  const [asked, credits, ready, live] = await Promise.all([
    timed(socket.ask(chat('sim-2-1ms'))),
    timed(rest.get('/api/mcp/credits')),
    timed(rest.get('/health/ready')),
    timed(rest.get('/health/live')),
  ]);
  expect(asked.value).toMatchObject({
    type: 'error',
    error: { code: 'UNAVAILABLE', retryable: true, retryAfterMs: expect.any(Number) as number },
  });
  expect(credits.value).toMatchObject({ status: 503, body: { error: { code: 'UNAVAILABLE' } } });
  expect(credits.value.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(ready.value.status).toBe(503);
  expect(live.value.status).toBe(200);
  for (const { ms } of [asked, credits, ready, live]) expect(ms).toBeLessThan(REFUSED_WITHIN_MS);
  await socket.terminate();
}

/** Every frame once, in order, and the text that the provider wrote. */
function expectWhole(client: SocketClient, id: string): void {
  const frames = client.frames(id);
  expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => index + 1));
  expect(frames.at(-1)).toMatchObject({ type: 'done', metadata: { finishReason: 'stop' } });
}

async function expectCleanLedger(user: string, charges: number): Promise<void> {
  const ledger = await eventually(async () => {
    const facts = await readLedger(database.url, user);
    expect(facts).toMatchObject({ pendingHolds: 0 });
    return facts;
  });
  expect(ledger).toMatchObject({ faults: [], held: 0n, charges });
  expect(ledger.posted + ledger.charged).toBe(GRANTED);
}

async function expectService(user: string): Promise<void> {
  const rest = new RestClient(gateway.url, gateway.token(user));
  await eventually(async () => expect((await rest.get('/health/ready')).status).toBe(200), 10_000);
  const socket = await connect(gateway.wsUrl, gateway.token(user));
  expect(await socket.ask(chat('sim-2-1ms'))).toMatchObject({ type: 'done' });
  await socket.terminate();
}

const TROUBLES = [
  {
    what: 'does not answer for 20 s',
    begin: () => proxy.blackhole(),
    ms: 20_000,
    models: ['sim-100-250ms', 'sim-2000-2ms', 'sim-1200-20ms', 'sim-20-400ms'],
  },
  {
    what: 'refuses connections for 6 s',
    begin: () => proxy.cut(),
    ms: 6_000,
    models: ['sim-60-200ms', 'sim-500-2ms', 'sim-450-20ms'],
  },
];

describe.each(TROUBLES)('a database that $what', ({ begin, ms, models }) => {
  it('costs running streams nothing but time; new requests are refused at once, then served', async () => {
    const user = randomUUID();
    const client = await connect(gateway.wsUrl, gateway.token(user));
    const requests = await startStreams(client, models);
    const until = performance.now() + ms;
    begin();
    while (performance.now() < until - REFUSED_WITHIN_MS) {
      await expectRefusals(randomUUID());
      await delay(500);
    }
    await delay(Math.max(0, until - performance.now()));
    const silent = client.received.length;
    proxy.restore();
    await expectService(randomUUID());
    await Promise.all(requests.map(({ id }) => client.terminal(id, 60_000)));
    for (const { id } of requests) expectWhole(client, id);
    expect(client.received.length).toBeGreaterThan(silent);
    await expectCleanLedger(user, requests.length);
    await client.close();
  }, 90_000);
});
