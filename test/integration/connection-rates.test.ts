import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.js';
import { startTestApp, type TestApp, type TestVariables } from '../support/app.js';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { RestClient } from '../support/rest-client.js';
import { connect, UpgradeRefusedError, type SocketClient } from '../support/socket-client.js';

const CREDITS = '/api/mcp/credits';
const LIMITS: TestVariables = {
  TRUST_PROXY: '1', // so that a test has many addresses
  RATE_ADDRESS_CONNECTIONS: '20',
  RATE_USER_CONNECTIONS: '10',
  RATE_ADDRESS_BAD_TOKENS: '12',
};

let nodes: TestApp[];
const sockets: SocketClient[] = [];

async function startNodes(variables: TestVariables = {}): Promise<void> {
  const first = await startTestApp({ ...LIMITS, ...variables });
  const others = { ...LIMITS, ...variables, DATABASE_URL: first.databaseUrl };
  nodes = [first, ...(await Promise.all([startTestApp(others), startTestApp(others)]))];
}
async function stopNodes(): Promise<void> {
  await Promise.all(sockets.splice(0).map((socket) => socket.terminate()));
  for (const node of nodes.splice(0).reverse()) await node.close();
}

/** One of a row of handshakes, at the next node each. @returns undefined where it was let in */
async function handshake(index: number, address: string, token?: string): Promise<UpgradeRefusedError | undefined> {
  const node = nodes[index % nodes.length]!;
  try {
    sockets.push(await connect(node.wsUrl, token, { headers: { 'x-forwarded-for': address } }));
    return undefined;
  } catch (error) {
    if (error instanceof UpgradeRefusedError) return error;
    throw error;
  }
}
const handshakes = (count: number, address: (index: number) => string, token: (index: number) => string) =>
  Promise.all(Array.from({ length: count }, (_, index) => handshake(index, address(index), token(index))));
const count = <T>(all: readonly T[], which: (one: T) => boolean) => all.filter(which).length;
const ask = (index: number, address: string, token: string) =>
  new RestClient(nodes[index % nodes.length]!.url, token).ask('GET', CREDITS, undefined, {
    'x-forwarded-for': address,
  });
const tokenOf = (user: string) => nodes[0]!.token(user);

/** What three nodes hold together, wherever they count. */
function expectSharedLimits(): void {
  it('let as many handshakes of one address begin as it may in a minute, whichever node they come to', async () => {
    const outcomes = await handshakes(
      60,
      () => '198.51.100.1',
      (index) => tokenOf(`user-${index}`),
    );
    expect(count(outcomes, (outcome) => outcome === undefined)).toBe(20);
    const refused = outcomes.find((outcome) => outcome !== undefined)!;
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({
      error: {
        code: 'RATE_LIMIT_EXCEEDED',
        details: { limit: 'connectionsPerMinute', allowed: 20 },
        retryAfterMs: expect.any(Number),
      },
    });
    expect(refused.headers).toMatchObject({ 'ratelimit-policy': '"connections";q=20;w=60' });
    expect(refused.headers['ratelimit']).toMatch(/^"connections";r=0;t=\d+$/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await handshake(0, '198.51.100.2', tokenOf('user-0'))).toBeUndefined();
  });

  it('let one user open as many as a user may, from any number of addresses', async () => {
    const outcomes = await handshakes(
      30,
      (index) => `192.0.2.${index}`,
      () => tokenOf('crowd'),
    );
    expect(count(outcomes, (outcome) => outcome === undefined)).toBe(10);
    expect(count(outcomes, (outcome) => outcome?.status === 429)).toBe(20);
    expect(await handshake(1, '192.0.2.1', tokenOf('somebody else'))).toBeUndefined();
  });

  it('count bad tokens of an address, over REST and in handshakes alike, and then look at none that they don’t know', async () => {
    const address = '203.0.113.1';
    const known = tokenOf('neighbour');
    expect((await ask(0, address, known)).status).toBe(200);
    const statuses: number[] = [];
    for (let index = 0; index < 12; index++) {
      const bad = `${tokenOf('alice').slice(0, -6)}${String(index).padStart(6, '0')}`;
      statuses.push(
        index % 2 ? (await ask(index, address, bad)).status : (await handshake(index, address, bad))!.status,
      );
    }
    expect(statuses).toEqual(Array<number>(12).fill(401));

    const refused = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => ask(index, address, `no.good.${index}`)));
    for (const { status, body, headers } of refused) {
      expect([status, body.error]).toMatchObject([
        429,
        { code: 'RATE_LIMIT_EXCEEDED', details: { limit: 'badTokensPerMinute', allowed: 12 } },
      ]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(headers.get('ratelimit-policy')).toBe('"bad-tokens";q=12;w=60');
    }
    for (const index of [0, 1, 2]) expect((await ask(index, address, tokenOf(`new-${index}`))).status).toBe(429);
    expect((await ask(0, address, known)).status).toBe(200);
    expect((await ask(1, address, known)).status).toBe(429); // where it was not shown yet
    expect((await ask(0, '203.0.113.2', tokenOf('new-0'))).status).toBe(200);
  });

  it('count an address of IPv6 by its subnet', async () => {
    const outcomes = await handshakes(
      40,
      (index) => `2001:db8:0:1::${index.toString(16)}`,
      (index) => tokenOf(`six-${index}`),
    );
    expect(count(outcomes, (outcome) => outcome === undefined)).toBe(20);
  });
}

describe('three nodes that count in the database', () => {
  beforeAll(() => startNodes());
  afterAll(stopNodes);
  expectSharedLimits();
});

describeWithRedis('three nodes that count in Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
    await startNodes({ REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await stopNodes();
    await redis.stop();
  });
  expectSharedLimits();

  /** How many clients it has. */
  const connections = async () => {
    const client = new Redis(redis.url);
    const list = (await client.client('LIST')) as string;
    client.disconnect();
    return list.trim().split('\n').length;
  };

  it('go on by themselves while it is away, and refuse nobody for it', async () => {
    const before = await connections();
    await redis.kill();
    const outcomes = await handshakes(
      120,
      () => '198.51.100.9',
      (index) => tokenOf(`away-${index}`),
    );
    expect(count(outcomes, (outcome) => outcome === undefined)).toBe(60); // 20 at each
    expect(count(outcomes, (outcome) => outcome?.status === 429)).toBe(60);
    await redis.restart();
    // A queue that is closed while it waits to connect again would go on trying.
    await eventually(async () => expect(await connections()).toBeGreaterThanOrEqual(before));
  });
});

test('RATE_LIMITS=off lifts them', async () => {
  await startNodes({ RATE_LIMITS: 'off' });
  const outcomes = await handshakes(
    60,
    () => '198.51.100.1',
    () => tokenOf('crowd'),
  );
  expect(count(outcomes, (outcome) => outcome !== undefined)).toBe(0);
  await stopNodes();
});
