import { getQueueToken, InjectQueue } from '@nestjs/bullmq';
import { Inject, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import { Client } from 'pg';
import { ConfigModule } from '../../src/config/config.module.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import { JobHost, ProcessesJobs } from '../../src/queue/job-host.js';
import { QueueModule } from '../../src/queue/queue.module.js';
import { enqueue, type JobOf, type QueueOf } from '../../src/queue/typed-queue.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { SHARED_SECRETS } from '../support/tokens.js';

/** What the processor's jobs wait for, and what they did. */
const gate = { open: Promise.resolve() };
const done: string[] = [];
const started: string[] = [];

@ProcessesJobs('maintenance')
class TestProcessor extends JobHost<'maintenance'> {
  constructor(@Inject(LedgerPool) private readonly pool: LedgerPool) {
    super();
  }

  async process({ name, id }: JobOf<'maintenance'>): Promise<void> {
    started.push(id!);
    await gate.open;
    await this.pool.ping();
    if (name === 'audit-all') throw new Error('not today');
    done.push(id!);
  }
}

@Module({ imports: [QueueModule.register('maintenance')], providers: [TestProcessor] })
class TestModule {
  constructor(@InjectQueue('maintenance') readonly queue: QueueOf<'maintenance'>) {}
}

const silent = { log() {}, warn() {}, error() {} };
let database: TestDatabase;
const nodes: TestingModule[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  gate.open = Promise.resolve();
  for (const list of [done, started]) list.splice(0);
});
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
  await database.drop();
});

async function startNode(): Promise<TestingModule> {
  const environment = parseEnvironment({ ...SHARED_SECRETS, DATABASE_URL: database.url });
  const imports = [ConfigModule.forRoot(environment), DatabaseModule.forRoot(), QueueModule.forRoot(), TestModule];
  const node = await Test.createTestingModule({ imports }).setLogger(silent).compile();
  nodes.push(node);
  await node.init();
  return node;
}

const queueOf = (node: TestingModule) =>
  node.get<QueueOf<'maintenance'>>(getQueueToken('maintenance'), { strict: false });

describe('the job queue on PostgreSQL', () => {
  it('is set up by nodes that start at the same time, and gives each job to one of them', async () => {
    const [first] = await Promise.all([startNode(), startNode(), startNode()]);
    for (let i = 0; i < 20; i++) await enqueue(queueOf(first), 'partitions', {}, { jobId: `job-${i}` });
    await eventually(() => expect(done).toHaveLength(20));
    expect(new Set(done).size).toBe(20);
  });

  it('takes a job once, however often it is asked for', async () => {
    const node = await startNode();
    for (let i = 0; i < 3; i++) await enqueue(queueOf(node), 'partitions', {}, { jobId: 'video-1' });
    await enqueue(queueOf(node), 'partitions', {}, { jobId: 'video-2' });
    await eventually(() => expect(done).toContain('video-2'));
    expect(done).toEqual(['video-1', 'video-2']);
  });

  it('tries a failed job again and keeps it when it gives up', async () => {
    const node = await startNode();
    await enqueue(queueOf(node), 'audit-all', {}, { jobId: 'bad', backoff: 10 });
    await eventually(async () => expect(await queueOf(node).getFailedCount()).toBe(1));
    expect(started).toEqual(['bad', 'bad', 'bad']);
  });

  it('finishes the job that runs before it shuts down, leaves the next one, and closes every connection', async () => {
    const node = await startNode();
    let open = () => {};
    gate.open = new Promise((resolve) => (open = resolve));
    await enqueue(queueOf(node), 'partitions', {}, { jobId: 'first' });
    await enqueue(queueOf(node), 'partitions', {}, { jobId: 'second' });
    await eventually(() => expect(started).toEqual(['first']));
    const closing = nodes.pop()!.close();
    open();
    await closing;
    expect([started, done]).toEqual([['first'], ['first']]);
    await eventually(async () => expect(await connectionsTo(database)).toBe(0));
    await startNode();
    await eventually(() => expect(done).toEqual(['first', 'second']));
  });

  it('goes on after the database has ended all its connections', async () => {
    const node = await startNode();
    await enqueue(queueOf(node), 'partitions', {}, { jobId: 'before' });
    await eventually(() => expect(done).toEqual(['before']));
    await endConnectionsTo(database);
    await eventually(() => enqueue(queueOf(node), 'partitions', {}, { jobId: 'after' }));
    await eventually(() => expect(done).toEqual(['before', 'after']));
  });

  it('refuses within seconds where it can not be reached', async () => {
    const node = await startNode();
    const queue = queueOf(node) as unknown as Queue;
    await queue.close();
    const call = enqueue(queueOf(node), 'partitions', {});
    await expect(call).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: 2000 });
  });
});

/** Asks the database about its connections, from one that does not count. */
async function ask(url: string, select: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(${select})::int AS count FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    return rows[0]!.count;
  } finally {
    await client.end();
  }
}

const connectionsTo = ({ url }: TestDatabase) => ask(url, '*');
const endConnectionsTo = ({ url }: TestDatabase) => ask(url, 'pg_terminate_backend(pid)');
