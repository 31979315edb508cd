import { Test, type TestingModule } from '@nestjs/testing';
import { Client } from 'pg';
import { ConfigModule } from '../../src/config/config.module.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { ControlBus } from '../../src/queue/control-bus.js';
import { ControlBusModule } from '../../src/queue/control-bus.module.js';
import { ControlRelay } from '../../src/queue/control-relay.js';
import { openRelay } from '../../src/queue/open-relay.js';
import type { QueueConnection } from '../../src/queue/queue-connection.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { SHARED_SECRETS } from '../support/tokens.js';

const LISTENS_WITHIN_MS = 10_000;
const silent = { log() {}, warn() {}, error() {} };

/** What the messages go over, behind a proxy that can take it away. */
interface Backend {
  connection: QueueConnection;
  variables: Record<string, string>;
  proxy: TcpProxy;
}

class Node {
  readonly heard: string[] = [];

  constructor(readonly module: TestingModule) {
    this.bus.on('stream-stop', ({ requestId }) => this.heard.push(requestId));
  }

  get bus(): ControlBus {
    return this.module.get(ControlBus, { strict: false });
  }

  tell(requestId: string): void {
    this.bus.publish('stream-stop', { accountId: 'user:alice', requestId });
  }
}

let database: TestDatabase;
let backend: Backend;
const nodes: Node[] = [];

async function startNode(variables = backend.variables): Promise<Node> {
  const imports = [
    ConfigModule.forRoot(parseEnvironment({ ...SHARED_SECRETS, ...variables })),
    DatabaseModule.forRoot(),
    ControlBusModule,
  ];
  const module = await Test.createTestingModule({ imports }).setLogger(silent).compile();
  const node = new Node(module);
  nodes.push(node);
  await module.init();
  return node;
}

/** Rings until the other one hears: it may still be connecting. */
async function reaches(from: Node, to: Node, withinMs = LISTENS_WITHIN_MS): Promise<void> {
  const marks = new Set<string>();
  await eventually(() => {
    const mark = `mark-${marks.size}`;
    marks.add(mark);
    from.tell(mark);
    expect(to.heard.some((each) => marks.has(each))).toBe(true);
  }, withinMs);
  const last = `last-${Math.random()}`;
  from.tell(last);
  await eventually(() => expect(to.heard).toContain(last));
  for (const { heard } of nodes) heard.splice(0);
}

async function startPair(): Promise<[Node, Node]> {
  const [first, second] = await Promise.all([startNode(), startNode()]);
  await reaches(first, second);
  await reaches(second, first);
  return [first, second];
}

async function closeAll(): Promise<void> {
  await Promise.all(nodes.splice(0).map(({ module }) => module.close()));
}

function behave(): void {
  it('brings a message to every process, to the own one at once, and to each of them once', async () => {
    const [first, second] = await startPair();
    first.tell('one');
    expect(first.heard).toEqual(['one']);
    await eventually(() => expect(second.heard).toEqual(['one']));
    second.tell('two');
    await eventually(() => expect(first.heard).toEqual(['one', 'two']));
    for (let index = 0; index < 300; index++) first.tell(`burst-${index}`);
    const all = ['one', 'two', ...Array.from({ length: 300 }, (_, index) => `burst-${index}`)];
    await eventually(() => expect(second.heard).toEqual(all));
    expect(first.heard).toEqual(all);
  });

  it('brings it within milliseconds', async () => {
    const [first, second] = await startPair();
    const delaysMs: number[] = [];
    second.bus.on('stream-stop', () => delaysMs.push(performance.now() - sentMs));
    let sentMs = 0;
    for (let index = 0; index < 20; index++) {
      sentMs = performance.now();
      first.tell(`${index}`);
      await eventually(() => expect(delaysMs).toHaveLength(index + 1));
    }
    const medianMs = delaysMs.toSorted((left, right) => left - right)[10]!;
    if (process.env['SHOW_LATENCY']) process.stderr.write(`median ${medianMs} ms, all ${delaysMs.join(' ')}\n`);
    expect(medianMs).toBeLessThan(200);
  });

  it.each(['cut', 'blackhole'] as const)(
    'drops messages while the backend is away (%s), without anybody noticing, and comes back by itself',
    async (trouble) => {
      const [first, second] = await startPair();
      backend.proxy[trouble]();
      const begunMs = performance.now();
      for (let index = 0; index < 2_000; index++) first.tell(`lost-${index}`);
      const tookMs = performance.now() - begunMs;
      backend.proxy.restore(); // whatever is found: the next test needs it
      expect(tookMs).toBeLessThan(1_000); // one that waited would take seconds each
      expect(first.heard).toHaveLength(2_000);
      await reaches(first, second, 20_000);
      await reaches(second, first, 20_000);
    },
  );

  it.each(['cut', 'blackhole'] as const)('closes within 2 s while the backend is away (%s)', async (trouble) => {
    const [first] = await startPair();
    backend.proxy[trouble]();
    first.tell('goodbye');
    const begunMs = performance.now();
    await first.module.get(ControlRelay, { strict: false }).onApplicationShutdown();
    const tookMs = performance.now() - begunMs;
    backend.proxy.restore();
    expect(tookMs).toBeLessThan(2_000);
  });

  it('ignores what another version says, unknown topics and messages of the wrong shape', async () => {
    const [node] = await startPair();
    const stranger = openRelay(backend.connection, () => undefined);
    const say = (data: unknown) => stranger.relay.publish('control.stranger', data);
    const stop = (requestId: unknown, topic = 'stream-stop') => ({
      topic,
      message: { accountId: 'user:a', requestId },
    });
    try {
      await say('nothing');
      await say({ version: 2, from: 'stranger', messages: [stop('of another version')] });
      await say({ version: 1, messages: [stop('from nobody')] });
      await say({
        version: 1,
        from: 'stranger',
        messages: [null, stop('unknown', 'toString'), stop(7), { topic: 'stream-stop' }, stop('known')],
      });
      await eventually(() => expect(node.heard).toContain('known'));
      expect(node.heard).toEqual(['known']);
    } finally {
      await stranger.close();
    }
  });

  it('leaves no node and no subscription behind', async () => {
    const observer = openRelay(backend.connection, () => undefined);
    try {
      const before = await observer.relay.getCounts();
      await startPair();
      expect(await observer.relay.getCounts()).toMatchObject({
        nodes: before.nodes + 2,
        subscriptions: before.subscriptions + 4,
      });
      await closeAll();
      expect(await observer.relay.getCounts()).toEqual({ ...before, retained: 0 });
    } finally {
      await observer.close();
    }
  });
}

describe('messages between processes on PostgreSQL', () => {
  beforeAll(async () => {
    database = await createTestDatabase();
    const url = new URL(database.url);
    const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
    url.port = String(proxy.port);
    backend = { proxy, connection: { kind: 'postgres', url: url.href }, variables: { DATABASE_URL: url.href } };
  });
  afterEach(closeAll);
  afterAll(async () => {
    await backend.proxy.close();
    await database.drop();
  });

  behave();

  it('keeps no rows of what was read', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query('DELETE FROM bullmq.relay_node'); // those that had no chance to say goodbye
      const [first, second] = await startPair();
      for (let index = 0; index < 100; index++) first.tell(`${index}`);
      await eventually(() => expect(second.heard).toHaveLength(100));
      await eventually(async () => {
        const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM bullmq.relay_inbox');
        expect(rows[0]!.count).toBe(0);
      });
    } finally {
      await client.end();
    }
  });
});

describeWithRedis('messages between processes on Redis', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), startRedis()]);
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: redis.port });
    const url = `redis://127.0.0.1:${proxy.port}`;
    backend = {
      proxy,
      connection: { kind: 'redis', url },
      variables: { DATABASE_URL: database.url, REDIS_URL: url },
    };
  });
  afterEach(closeAll);
  afterAll(async () => {
    await backend.proxy.close();
    await redis.stop();
    await database.drop();
  });

  behave();

  it('hold up no start while Redis is away, and are there when it is', async () => {
    backend.proxy.cut();
    const begunMs = performance.now();
    const [first, second] = await Promise.all([startNode(), startNode()]);
    expect(performance.now() - begunMs).toBeLessThan(5_000);
    first.tell('unheard');
    expect(first.heard).toEqual(['unheard']);
    backend.proxy.restore();
    await reaches(first, second);
  });

  it('go on after Redis was killed and started again', async () => {
    const [first, second] = await startPair();
    await redis.kill();
    first.tell('lost');
    await redis.restart();
    await reaches(first, second, 20_000);
  });
});
