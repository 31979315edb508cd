import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EVERY_RIGHT } from '../../src/auth/role-rights.js';
import { Client } from 'pg';
import { VideoPlanner } from '../../src/video/plan/video-planner.js';
import { VideoOrders } from '../../src/video/video-orders.service.js';
import { LostWorkflows } from '../../src/video/workflow/lost-workflows.service.js';
import { WorkflowStore } from '../../src/video/workflow/workflow.store.js';
import { startTestApp, startTestWorker, TEST_SECRET, type TestApp, type TestVariables } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { startWorker, type WorkerProcess } from '../support/worker-process.js';
import { says, WorkflowClient } from '../support/workflow-client.js';

const ENHANCED = { prompt: 'A cat that takes its time' };
/** About two seconds. */
const SLOWLY = `a cat ${says(ENHANCED, 'gap=300')}`;

function crashes(redisUrl: () => string | undefined) {
  let gateway: TestApp;
  let database: Client;
  const workers: INestApplicationContext[] = [];
  const processes: WorkerProcess[] = [];
  const others: TestApp[] = [];

  beforeEach(async () => {
    gateway = await startTestApp(variables({ VIDEO_ENHANCE_WAIT_MS: '100000' })); // however busy the machine is
    database = new Client({ connectionString: gateway.databaseUrl });
    await database.connect();
  });
  afterEach(async () => {
    for (const { child, ended } of processes.splice(0)) {
      child.kill('SIGKILL');
      await ended;
    }
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
    await Promise.all(others.splice(0).map((other) => other.close()));
    await database.end();
    await gateway.close();
  });

  function variables(more: TestVariables = {}): TestVariables {
    const url = redisUrl();
    return { ...(url === undefined ? {} : { REDIS_URL: url }), ...more };
  }

  async function work(more: TestVariables = {}): Promise<INestApplicationContext> {
    const worker = await startTestWorker(gateway, variables(more));
    workers.push(worker);
    return worker;
  }

  async function workInAProcess(): Promise<WorkerProcess> {
    const { simulator, databaseUrl } = gateway;
    const worker = startWorker({
      PATH: process.env['PATH']!,
      NODE_ENV: 'test',
      JWT_SECRET: TEST_SECRET,
      DATABASE_URL: databaseUrl,
      OPENAI_API_KEY: 'test',
      OPENAI_BASE_URL: `${simulator.url}/v1`,
      ANTHROPIC_API_KEY: 'test',
      ANTHROPIC_BASE_URL: simulator.url,
      SORA_API_KEY: 'test',
      SORA_BASE_URL: `${simulator.url}/v1`,
      RUNWAYML_API_SECRET: 'test',
      RUNWAYML_BASE_URL: simulator.url,
      ...(redisUrl() === undefined ? {} : { REDIS_URL: redisUrl()! }),
    });
    processes.push(worker);
    await eventually(() => expect(worker.output()).toContain('The worker is ready'), 60_000);
    return worker;
  }

  function newUser() {
    const userId = `u-${randomUUID()}`;
    return { userId, client: new WorkflowClient(gateway.url, gateway.token(userId)) };
  }

  const questions = () => gateway.simulator.calls().filter(({ model }) => model === 'gpt-4o-mini');
  const chatCalls = () => questions().length;

  async function videosOf(userId: string) {
    const { rows } = await database.query<{
      id: string;
      workflow_id: string;
      prompt: string;
      is_ready: boolean;
      state: string;
      submits: number;
    }>('SELECT id, workflow_id, prompt, is_ready, state, submits FROM video.video WHERE user_id = $1', [userId]);
    return rows;
  }

  /** What the enhancements of a user were charged, one entry each. */
  async function enhancementCharges(userId: string): Promise<string[]> {
    const { rows } = await database.query<{ idem_key: string }>(
      `SELECT idem_key FROM ledger.entry WHERE kind = 'charge' AND account_id = $1 AND idem_key LIKE '%-enhance'`,
      [`user:${userId}`],
    );
    return rows.map(({ idem_key: key }) => key);
  }

  /** A workflow whose process died before it was queued. */
  async function orphan(userId: string, text: string) {
    const request = { workflow: 'text-to-video', duration: 4, resolution: '720p' } as const;
    const plan = gateway.app
      .get(VideoPlanner, { strict: false })
      .plan({ operation: 'text-to-video', prompt: text, duration: 4, resolution: '720p' }, EVERY_RIGHT);
    const workflowId = randomUUID();
    await gateway.app.get(VideoOrders, { strict: false }).create({
      ...{ userId, claim: {}, admitted: () => undefined },
      workflowId,
      fingerprint: 'f',
      request,
      prompt: text,
      originalPrompt: text,
      plan,
      isReady: false,
    });
    return workflowId;
  }

  it('goes on at the step in the middle of which its worker was killed: charged once, made once', async () => {
    const { userId, client } = newUser();
    const first = await workInAProcess();
    const answering = client.text(SLOWLY);
    await eventually(() => expect(chatCalls()).toBe(1));
    first.child.kill('SIGKILL');
    await first.ended;
    await workInAProcess();
    const { status, body } = await answering;
    expect([status, body]).toMatchObject([200, { enhancedPrompt: ENHANCED.prompt, enhancement: { used: true } }]);
    expect(chatCalls()).toBe(2);
    await eventually(async () => expect((await videosOf(userId))[0]).toMatchObject({ is_ready: true, submits: 1 }));
    expect(await enhancementCharges(userId)).toEqual([`charge:video:${body.workflowId}-enhance`]);
    expect((await readLedger(gateway.databaseUrl, userId)).faults).toEqual([]);
  }, 120_000);

  it('is begun and told by any gateway, and run by any worker', async () => {
    const { userId, client } = newUser();
    const other = await startTestApp(variables({ DATABASE_URL: gateway.databaseUrl }));
    others.push(other);
    await Promise.all([work(), work()]);
    const elsewhere = new WorkflowClient(other.url, other.token(userId));
    const request = { workflow: 'text-to-video', input: { text: SLOWLY }, sessionId: 's' };
    const answers = await Promise.all([client, elsewhere, client, elsewhere].map((each) => each.begin(request, 'key')));
    expect(answers.map(({ body }) => body.enhancedPrompt)).toEqual(Array(4).fill(ENHANCED.prompt));
    expect(new Set(answers.map(({ body }) => body.workflowId)).size).toBe(1);
    expect(await videosOf(userId)).toHaveLength(1);
    expect(await enhancementCharges(userId)).toHaveLength(1);
    const told = await elsewhere.status(answers[0]!.body.workflowId);
    expect(told.body.steps[0]).toMatchObject({ name: 'enhance', state: 'done' });
  });

  it('goes on without its enhancement where no worker comes in time, and none is made afterwards', async () => {
    const impatient = await startTestApp(
      variables({ DATABASE_URL: gateway.databaseUrl, VIDEO_ENHANCE_WAIT_MS: '500' }),
    );
    others.push(impatient);
    const { userId } = newUser();
    const client = new WorkflowClient(impatient.url, impatient.token(userId));
    const { status, body } = await client.text(SLOWLY);
    expect([status, body]).toMatchObject([
      200,
      { enhancedPrompt: SLOWLY, enhancement: { used: false, reason: 'timeout' } },
    ]);
    expect(await videosOf(userId)).toMatchObject([{ is_ready: true, prompt: SLOWLY }]);
    await work();
    await eventually(async () => expect((await videosOf(userId))[0]).toMatchObject({ submits: 1 }));
    expect(chatCalls()).toBe(0);
  });

  it('charges nothing for a prompt that comes after the answer was given', async () => {
    const impatient = await startTestApp(
      variables({ DATABASE_URL: gateway.databaseUrl, VIDEO_ENHANCE_WAIT_MS: '1000' }),
    );
    others.push(impatient);
    const { userId } = newUser();
    await work({ VIDEO_ENHANCE_WAIT_MS: '30000' });
    const client = new WorkflowClient(impatient.url, impatient.token(userId));
    const { body } = await client.text(SLOWLY);
    expect(body).toMatchObject({ enhancedPrompt: SLOWLY, enhancement: { used: false, reason: 'timeout' } });
    expect(questions()[0]).not.toHaveProperty('isWhole');
    await eventually(() => expect(questions()).toMatchObject([{ isWhole: true }]));
    await eventually(async () => expect((await videosOf(userId))[0]).toMatchObject({ submits: 1, prompt: SLOWLY }));
    expect(await enhancementCharges(userId)).toEqual([]);
    expect((await client.status(body.workflowId)).body.steps[0]).toMatchObject({ state: 'skipped', credits: 0 });
  });

  it('is found where its process died before it was queued', async () => {
    const { userId } = newUser();
    const workflowId = await orphan(userId, `a cat ${says(ENHANCED)}`);
    const worker = await work();
    await worker.get(LostWorkflows, { strict: false }).sweep(0);
    await eventually(async () => expect(await videosOf(userId)).toMatchObject([{ is_ready: true, ...ENHANCED }]));
    expect(await enhancementCharges(userId)).toEqual([`charge:video:${workflowId}-enhance`]);
    await worker.get(LostWorkflows, { strict: false }).sweep(0); // and nothing is done twice
    await eventually(async () => expect(await videosOf(userId)).toMatchObject([{ submits: 1 }]));
    expect(chatCalls()).toBe(1);
  });

  it('is found where its prompt was enhanced and the next job lost', async () => {
    const { userId } = newUser();
    const workflowId = await orphan(userId, 'a cat');
    const workflows = gateway.app.get(WorkflowStore, { strict: false });
    const hold = { model: 'm', provider: 'p', amount: 5n, terms: '{}' };
    const { attempt } = await workflows.beginStep(workflowId, 'enhance', hold);
    await workflows.endStep(workflowId, 'enhance', attempt, {
      state: 'done',
      prompt: 'A cat',
      cost: 3n,
      outcome: '{}',
    });
    const worker = await work();
    await worker.get(LostWorkflows, { strict: false }).sweep(0);
    await eventually(async () => expect(await videosOf(userId)).toMatchObject([{ is_ready: true, prompt: 'A cat' }]));
    expect(chatCalls()).toBe(0);
  });

  it('is stopped where its video is cancelled: nothing is charged that was not done by then', async () => {
    const { userId, client } = newUser();
    await work();
    const answering = client.text(SLOWLY);
    await eventually(() => expect(chatCalls()).toBe(1));
    const [video] = await videosOf(userId);
    await gateway.app.get(VideoOrders, { strict: false }).cancel(userId, video!.id);
    const { body } = await answering;
    expect(body).toMatchObject({ status: 'failed', enhancement: { used: false, reason: 'cancelled' } });
    await eventually(async () => expect((await readLedger(gateway.databaseUrl, userId)).pendingHolds).toBe(0));
    expect(await videosOf(userId)).toMatchObject([{ state: 'cancelled', submits: 0 }]);
    expect(await enhancementCharges(userId)).toEqual([]);
    expect(await readLedger(gateway.databaseUrl, userId)).toMatchObject({ held: 0n, charges: 0, faults: [] });
  });

  it('is not even begun where its video was cancelled first', async () => {
    const { userId, client } = newUser();
    const answering = client.text(SLOWLY);
    const [video] = await eventually(async () => {
      const videos = await videosOf(userId);
      expect(videos).toHaveLength(1);
      return videos;
    });
    await gateway.app.get(VideoOrders, { strict: false }).cancel(userId, video!.id);
    await work();
    expect((await answering).body).toMatchObject({ status: 'failed', enhancement: { reason: 'cancelled' } });
    expect(chatCalls()).toBe(0);
    expect(await readLedger(gateway.databaseUrl, userId)).toMatchObject({ held: 0n, charges: 0, faults: [] });
  });
}

describe('workflows and their workers, jobs on PostgreSQL', () => crashes(() => undefined));

describeWithRedis('workflows and their workers, jobs on Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  crashes(() => redis.url);
  afterAll(() => redis.stop());
});
