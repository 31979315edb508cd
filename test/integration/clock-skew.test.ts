import { JwtService } from '@nestjs/jwt';
import { randomUUID } from 'node:crypto';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect } from '../support/socket-client.js';
import { TEST_SECRET } from '../support/tokens.js';

const MINUTE_MS = 60_000;
const LEASE_MS = 2_000;
const REPLAY_MS = 6_000;

/**
 * Three nodes on one database, whose clocks are five minutes apart: leases, reaping, taking over, replay and its end go
 * by the database's clock. Tokens are judged by the node's own; these last longer than the clocks are wrong.
 */
describe('nodes whose clocks are wrong by five minutes', () => {
  let database: TestDatabase;
  let simulator: Simulator;
  const nodes: Record<'early' | 'right' | 'late', GatewayProcess> = {} as never;

  const start = (skewMs: number) =>
    startGateway({
      DATABASE_URL: database.url,
      PORT: '0',
      JWT_SECRET: TEST_SECRET,
      OPENAI_API_KEY: 'test',
      OPENAI_BASE_URL: `${simulator.url}/v1`,
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      SIGNUP_CREDITS: '10000',
      STREAM_LEASE_MS: String(LEASE_MS),
      STREAM_REPLAY_MS: String(REPLAY_MS),
      LOG_LEVEL: 'warn',
      CLOCK_SKEW_MS: String(skewMs),
      NODE_OPTIONS: '--import ./test/support/clock-skew.mjs',
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    simulator = await startSimulator();
    [nodes.early, nodes.right, nodes.late] = await Promise.all([start(-5 * MINUTE_MS), start(0), start(5 * MINUTE_MS)]);
  }, 90_000);
  afterAll(async () => {
    await Promise.all(Object.values(nodes).map((node) => node.end('SIGKILL')));
    await simulator.close();
    await database.drop();
  });

  /** Valid by everybody's clock. */
  const token = () => {
    const iat = Math.floor((Date.now() - 10 * MINUTE_MS) / 1_000);
    return new JwtService({ secret: TEST_SECRET }).sign({ sub: user, roles: ['user'], iat }, { expiresIn: '20m' });
  };
  const user = randomUUID();
  const chat = (model: string) => ({
    id: randomUUID(),
    type: 'chat',
    provider: 'auto',
    model,
    messages: [{ role: 'user', content: 'x' }],
    stream: true,
  });

  it('leave each other’s streams alone while they run, and show them to whoever asks', async () => {
    const clients = await Promise.all(Object.values(nodes).map((node) => connect(node.wsUrl, token())));
    const requests = clients.map(() => chat('sim-60-100ms')); // three leases long
    requests.forEach((request, index) => clients[index]!.send(request));
    await Promise.all(
      requests.map(({ id }, index) => clients[index]!.first('chunks', (f) => f.id === id && f.seq === 3)),
    );
    // each is watched from the next node, too
    requests.forEach((request, index) => clients[(index + 1) % 3]!.send({ ...request, lastSeq: 0 }));
    for (const [index, { id }] of requests.entries())
      for (const client of [clients[index]!, clients[(index + 1) % 3]!]) {
        expect(await client.terminal(id, 20_000)).toMatchObject({ type: 'done', seq: 61 });
        expect(client.frames(id).map(({ seq }) => seq)).toEqual(Array.from({ length: 61 }, (_, seq) => seq + 1));
      }
    expect(await readLedger(database.url, user)).toMatchObject({ faults: [], held: 0n, charges: 3 });
    // and what has ended can be read for as long as the database says, on every node
    const [ended] = requests;
    for (const client of clients) {
      client.forget(ended!.id);
      expect(await client.ask({ ...ended!, lastSeq: 58 })).toMatchObject({ type: 'done', seq: 61 });
    }
    await eventually(async () => {
      for (const client of clients) {
        client.forget(ended!.id);
        expect(await client.ask({ ...ended!, lastSeq: 58 })).toMatchObject({ error: { code: 'RESUME_EXPIRED' } });
      }
    });
    await Promise.all(clients.map((client) => client.close()));
  }, 90_000);

  it('end the streams of one that dies, after its lease and not before', async () => {
    const dying = await connect(nodes.late.wsUrl, token());
    const request = chat('sim-500-50ms');
    dying.send(request);
    const { id } = request;
    await dying.first('chunks', (frame) => frame.seq === 10);
    const heirs = await Promise.all([nodes.early, nodes.right].map((node) => connect(node.wsUrl, token())));
    for (const heir of heirs) heir.send({ ...request, lastSeq: 0 });
    const killedAtMs = performance.now();
    await nodes.late.end('SIGKILL');
    const ends = await Promise.all(heirs.map((heir) => heir.terminal(id, 20_000)));
    expect(performance.now() - killedAtMs).toBeGreaterThan(LEASE_MS / 2);
    expect(ends[0]).toMatchObject({ type: 'error', error: { code: 'UPSTREAM_LOST' } });
    expect(ends[1]).toEqual(ends[0]);
    expect(await readLedger(database.url, user)).toMatchObject({ faults: [], held: 0n, pendingHolds: 0, charges: 4 });
    await Promise.all(heirs.map((heir) => heir.close()));
  }, 60_000);
});
