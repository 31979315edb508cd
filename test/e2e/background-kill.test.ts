import { randomUUID } from 'node:crypto';
import { startTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { startWorker } from '../support/gateway-process.js';
import { readLedger } from '../support/ledger-audit.js';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { connect } from '../support/socket-client.js';

const REQUESTS = 30;
/** BullMQ notices a dead worker within its lock's 10 s and a check every 5 s. */
const RECOVERS_WITHIN_MS = 40_000;

function survive(redis: () => RedisServer | undefined) {
  let gateway: TestApp;
  const variables = () => ({
    DEFAULT_PRICE_USD_PER_MTOK: '1,2',
    ...(redis() ? { REDIS_URL: redis()!.url } : {}),
  });
  beforeAll(async () => {
    gateway = await startTestApp(variables());
  });
  afterAll(() => gateway.close());

  const startTestWorker = () =>
    startWorker({
      ...variables(),
      DATABASE_URL: gateway.databaseUrl,
      JWT_SECRET: TEST_SECRET,
      OPENAI_API_KEY: 'test',
      OPENAI_BASE_URL: `${gateway.simulator.url}/v1`,
    });

  it('are all answered, once, though every worker is killed amid them', async () => {
    const first = await Promise.all([startTestWorker(), startTestWorker()]);
    const asking = await connect(gateway.wsUrl, gateway.token('alice'));
    const ids = Array.from({ length: REQUESTS }, () => randomUUID());
    for (const id of ids) {
      asking.send({
        id,
        type: 'chat',
        provider: 'auto',
        model: 'sim-50-20ms',
        messages: [{ role: 'user', content: 'hello' }],
        stream: false,
        background: true,
      });
    }
    for (const id of ids)
      await asking.first('the acknowledgement', (frame) => frame.id === id && frame.type === 'event');
    await eventually(() => expect(gateway.simulator.stats().open).toBeGreaterThan(0));
    await asking.close();
    await Promise.all(first.map((worker) => worker.end('SIGKILL')));
    await redis()?.restart();
    const next = await startTestWorker();
    await eventually(
      async () => expect(await readLedger(gateway.databaseUrl, 'alice')).toMatchObject({ pendingHolds: 0 }),
      RECOVERS_WITHIN_MS,
    );
    const back = await connect(gateway.wsUrl, gateway.token('alice'));
    for (const id of ids) {
      expect(await back.ask({ id, lastSeq: 0 })).toMatchObject({
        type: 'completion',
        usage: { completionTokens: 50, usageSource: 'provider' },
      });
    }
    expect(await readLedger(gateway.databaseUrl, 'alice')).toMatchObject({ charges: REQUESTS, held: 0n, faults: [] });
    await back.close();
    expect(await next.end('SIGTERM')).toBe(0);
  }, 90_000);
}

describe('background requests on PostgreSQL', () => survive(() => undefined));

describeWithRedis('background requests on Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  survive(() => redis);
  afterAll(() => redis.stop());
});
