import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { RestClient } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';
import { startWorker, type WorkerProcess } from '../support/worker-process.js';

/** As long as a request of two chunks may take, at most, with or without a Redis. */
const ANSWERS_WITHIN_MS = 3_000;

const chat = (model: string) => ({
  id: randomUUID(),
  type: 'chat',
  provider: 'auto',
  model,
  messages: [{ role: 'user', content: 'x' }],
  stream: true,
});

describeWithRedis('a Redis that goes', () => {
  let redis: RedisServer;
  let database: TestDatabase;
  let gateway: TestApp;
  let worker: WorkerProcess;

  beforeAll(async () => {
    redis = await startRedis();
    database = await createTestDatabase();
    gateway = await startTestApp({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
    });
    worker = startWorker({ DATABASE_URL: database.url, REDIS_URL: redis.url });
    await eventually(() => expect(worker.output()).toContain('The worker is ready'));
  }, 60_000);
  afterAll(async () => {
    worker.child.kill('SIGKILL');
    await gateway.close();
    await redis.stop();
    await database.drop();
  });

  it('is not noticed by requests: what runs goes on, what comes is served at once', async () => {
    const user = randomUUID();
    const client = await connect(gateway.wsUrl, gateway.token(user));
    const rest = new RestClient(gateway.url, gateway.token(user));
    const running = chat('sim-150-20ms');
    client.send(running);
    await client.first('chunks', ({ id, seq }) => id === running.id && seq === 10);
    await redis.kill();
    for (let i = 0; i < 5; i++) {
      const begun = performance.now();
      expect(await client.ask(chat('sim-2-1ms'))).toMatchObject({ type: 'done' });
      expect((await rest.get('/api/mcp/credits')).status).toBe(200);
      expect((await rest.get('/health/ready')).status).toBe(200);
      expect(performance.now() - begun).toBeLessThan(ANSWERS_WITHIN_MS);
    }
    expect(await client.terminal(running.id)).toMatchObject({ type: 'done', metadata: { finishReason: 'stop' } });
    expect(client.frames(running.id).map(({ seq }) => seq)).toEqual(
      client.frames(running.id).map((_, index) => index + 1),
    );
    expect(await readLedger(database.url, user)).toMatchObject({ faults: [], held: 0n, charges: 6 });
    await client.close();
  }, 60_000);

  it('is found again by the worker when it is back: jobs are done, without a restart', async () => {
    await redis.restart();
    const queue = new Queue('maintenance', { connection: { url: redis.url }, prefix: 'mcp' });
    try {
      const job = await queue.add('partitions', {});
      await eventually(async () => expect(await job.getState()).toBe('completed'), 30_000);
      expect(worker.child.exitCode).toBeNull();
      expect((await queue.getJobSchedulers()).map(({ name }) => name).sort()).toEqual([
        'audit-all',
        'audit-new',
        'audit-prune',
        'audit-trail',
        'drop-answers',
        'partitions',
      ]);
    } finally {
      await queue.close();
    }
  }, 60_000);
});
