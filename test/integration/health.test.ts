import { DataSource } from 'typeorm';
import { startTestApp, type TestApp, type TestVariables } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const READY_WITHIN_MS = 2_000;
const chatRequest = (content: string) => ({
  type: 'chat',
  provider: 'openai',
  model: 'gpt-4',
  messages: [{ role: 'user', content }],
  stream: true,
});

async function withApp(variables: TestVariables, work: (app: TestApp, rest: RestClient) => Promise<void>) {
  const app = await startTestApp(variables);
  try {
    await work(app, new RestClient(app.url));
  } finally {
    await app.close();
  }
}

test('a node that is well lives and is ready', () =>
  withApp({}, async (_app, rest) => {
    expect(await rest.get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const ready = await rest.get('/health/ready');
    expect(ready.status).toBe(200);
    expect(ready.headers.get('cache-control')).toBe('no-store');
    expect(ready.body).toMatchObject({
      status: 'ok',
      error: {},
      details: {
        database: { status: 'up', responseTimeMs: expect.any(Number) },
        intake: { status: 'up', runningAnswers: 0 },
        providers: {
          status: 'up',
          openai: { status: 'up', breaker: 'closed', cooldownMs: 0 },
          claude: { status: 'up', breaker: 'closed', cooldownMs: 0 },
        },
      },
    });
  }));

test('a provider that cools down leaves the node ready, degraded, and names itself', () =>
  withApp({}, async (app, rest) => {
    app.simulator.setFault({ fault: '429', wire: 'openai', retryAfterSeconds: 30 });
    const client = await connect(app.wsUrl, app.token('alice'));
    await client.ask({ id: 'limited', ...chatRequest('hello'), provider: 'auto' });
    await client.close();
    const ready = await rest.get('/health/ready');
    expect(ready).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        details: { providers: { openai: { status: 'degraded', breaker: 'closed' }, claude: { status: 'up' } } },
      },
    });
    expect(JSON.stringify(ready.body)).not.toMatch(/127\.0\.0\.1|api.?key|secret/i);
  }));

test('a provider whose circuit is open likewise', () =>
  withApp({}, async (app, rest) => {
    app.simulator.setFault({ fault: '503', wire: 'openai' });
    const client = await connect(app.wsUrl, app.token('alice'));
    const ids = Array.from({ length: 12 }, (_, index) => `b-${index}`);
    await Promise.all(ids.map((id) => client.ask({ id, ...chatRequest('hello') })));
    await client.close();
    expect(await rest.get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'degraded', details: { providers: { openai: { status: 'degraded', breaker: 'open' } } } },
    });
  }));

describe('a database that goes away', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let app: TestApp;
  let rest: RestClient;
  beforeAll(async () => {
    database = await createTestDatabase();
    const url = new URL(database.url);
    proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
    url.port = String(proxy.port);
    app = await startTestApp({ DATABASE_URL: url.href });
    rest = new RestClient(app.url);
  });
  afterAll(async () => {
    proxy.restore();
    await app.close();
    await proxy.close();
    await database.drop();
  });
  const isReady = () =>
    eventually(async () =>
      expect(await rest.get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } }),
    );

  test.each(['cut', 'blackhole'] as const)(
    '(%s) takes the node out of service, in time, until it is back',
    async (how) => {
      await isReady();
      proxy[how]();
      for (let probes = 0; probes < 3; probes++) {
        const begunMs = performance.now();
        const answer = await rest.get('/health/ready');
        expect(performance.now() - begunMs).toBeLessThan(READY_WITHIN_MS);
        expect(answer).toMatchObject({
          status: 503,
          body: { status: 'error', error: { database: { status: 'down' } } },
        });
        expect(JSON.stringify(answer.body)).not.toContain(String(proxy.port));
      }
      expect(await rest.get('/health/live')).toMatchObject({ status: 200 });
      proxy.restore();
      await isReady();
    },
  );

  test('is UNAVAILABLE to users, not INTERNAL', async () => {
    proxy.cut();
    const user = new RestClient(app.url, app.token('alice'));
    const paths = ['/api/mcp/credits', '/api/mcp/credits/entries', '/api/mcp/requests/x'];
    for (const path of paths) {
      const answer = await user.get(path);
      expect(answer).toMatchObject({ status: 503, body: { error: { code: 'UNAVAILABLE', retryAfterMs: 2_000 } } });
      expect(answer.headers.get('retry-after')).toBe('2');
    }
    proxy.restore();
    await eventually(() => app.app.get(DataSource).query('SELECT 1'));
  });
});

test('a node that drains is not ready, though it lives, until its last answer has ended', async () => {
  const app = await startTestApp({ DRAIN_MS: '10000' });
  const rest = new RestClient(app.url);
  const client = await connect(app.wsUrl, app.token('alice'));
  client.send({ id: 'last', ...chatRequest('[[sim completion=20 gap=50]]') });
  await client.first('a chunk', ({ type }) => type === 'chunk');
  const closed = app.close();
  const ready = await eventually(async () => {
    const answer = await rest.get('/health/ready');
    expect(answer.status).toBe(503);
    return answer;
  });
  expect(ready.body).toMatchObject({ error: { intake: { status: 'down', runningAnswers: 1 } } });
  expect(await rest.get('/health/live')).toMatchObject({ status: 200 });
  expect(await client.terminal('last')).toMatchObject({ type: 'done' });
  expect(await client.closed()).toMatchObject({ code: 1001 });
  await closed;
});

describe('behind OPS_TOKEN', () => {
  const paths = ['/health/live', '/health/ready', '/HEALTH/live', '/docs', '/docs/', '/docs-json', '/docs-yaml'];

  test('health and docs ask for it', () =>
    withApp({ OPS_TOKEN: 'operators.only' }, async (app) => {
      for (const path of paths) {
        const open = new RestClient(app.url);
        expect(await open.get(path)).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHORIZED' } } });
        expect((await open.get(path)).headers.get('www-authenticate')).toBe('Bearer');
        for (const wrong of ['operators', 'operators-only', app.token('root', ['admin'])])
          expect(await new RestClient(app.url, wrong).get(path)).toMatchObject({ status: 401 });
      }
    }));

  test('who has it gets in', () =>
    withApp({ OPS_TOKEN: 'operators-only' }, async (app) => {
      for (const path of paths)
        expect(await new RestClient(app.url, 'operators-only').get(path)).toMatchObject({ status: 200 });
      const user = new RestClient(app.url, app.token('alice'));
      expect(await user.get('/api/mcp/credits')).toMatchObject({ status: 200 });
    }));

  test('without it they are open', () =>
    withApp({}, async (_app, rest) => {
      for (const path of paths) expect(await rest.get(path)).toMatchObject({ status: 200 });
    }));
});
