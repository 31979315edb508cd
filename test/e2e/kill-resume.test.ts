import { randomUUID } from 'node:crypto';
import { estimatedDeltas, prepareOracle } from '../chaos/oracle.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect } from '../support/socket-client.js';
import { signToken, TEST_ENCRYPTION_KEYS, TEST_SECRET } from '../support/tokens.js';

const SEEN_BEFORE = 50;
/** Of $1 and $2 a million tokens and 2,000 credits a dollar, in micro-credits. */
const PRICE = { prompt: 2_000, token: 4_000 };
const LEASE_MS = 2_000;
/** Of a lost node's streams, beyond its lease (docs/protocol.md, rule 10). */
const ENDED_WITHIN_MS = 15_000;

describe.each([
  ['a stream', {}],
  ['a stream whose log is encrypted', { ENCRYPTION_KEYS: TEST_ENCRYPTION_KEYS }],
])('%s whose node is killed with -9', (_, keys: Record<string, string>) => {
  let simulator: Simulator;
  let database: TestDatabase;
  let nodes: GatewayProcess[] = [];

  beforeAll(async () => {
    await prepareOracle();
    simulator = await startSimulator();
    database = await createTestDatabase();
    const start = () =>
      startGateway({
        DATABASE_URL: database.url,
        PORT: '0',
        JWT_SECRET: TEST_SECRET,
        OPENAI_API_KEY: 'test',
        OPENAI_BASE_URL: `${simulator.url}/v1`,
        DEFAULT_PRICE_USD_PER_MTOK: '1,2',
        SIGNUP_CREDITS: '1000',
        STREAM_LEASE_MS: String(LEASE_MS),
        LOG_LEVEL: 'warn',
        ...keys,
      });
    nodes = await Promise.all([start(), start()]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.end('SIGKILL')));
    await simulator.close();
    await database.drop();
  });

  it('is read on at another node: all that was logged, then an honest end, charged for exactly that', async () => {
    const [a, b] = nodes as [GatewayProcess, GatewayProcess];
    const request = {
      id: randomUUID(),
      type: 'chat',
      provider: 'openai',
      model: 'unlisted',
      messages: [{ role: 'user', content: 'Count. [[sim chunks=500 gap=10 text=numbered]]' }],
      stream: true,
    };
    const before = await connect(a.wsUrl, signToken('alice'));
    before.send(request);
    await before.first('the fiftieth chunk', ({ seq }) => seq === SEEN_BEFORE);
    await a.end('SIGKILL');
    await before.closed();
    const seen = before.frames(request.id);
    expect(seen.length).toBeGreaterThanOrEqual(SEEN_BEFORE);

    // the client goes on at once, long before the lease is over
    const after = await connect(b.wsUrl, signToken('alice'));
    after.send({ id: request.id, lastSeq: seen.length });
    const end = await after.terminal(request.id, LEASE_MS + ENDED_WITHIN_MS);
    const frames = [...seen, ...after.frames(request.id)];
    expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => index + 1));
    const chunks = frames.filter(({ type }) => type === 'chunk');
    expect(chunks.map(({ data }) => data)).toEqual(chunks.map((_, index) => ` ${index + 1}`));
    expect(end).toMatchObject({
      type: 'error',
      seq: chunks.length + 1,
      error: { code: 'UPSTREAM_LOST', retryable: true },
      usage: { usageSource: 'reaper' },
      metadata: { finishReason: 'node_lost' },
    });

    const { promptTokens, completionTokens, credits } = end.usage!;
    expect(completionTokens).toBe(estimatedDeltas(chunks.map(({ data }) => data!)));
    const cost = promptTokens * PRICE.prompt + completionTokens * PRICE.token;
    expect(Math.round(credits * 1e6)).toBe(cost);
    const ledger = await eventually(async () => {
      const facts = await readLedger(database.url, 'alice');
      expect(facts).toMatchObject({ pendingHolds: 0, held: 0n });
      return facts;
    });
    expect(ledger).toMatchObject({ charges: 1, charged: BigInt(cost), faults: [] });

    // the whole of it again, and whatever is sent for it: the same, and nothing more is charged
    const again = await connect(b.wsUrl, signToken('alice'));
    await again.ask({ ...request, lastSeq: 0 });
    expect(again.frames(request.id)).toEqual(frames);
    expect(simulator.stats().requests).toBe(1);
    expect(await readLedger(database.url, 'alice')).toEqual(ledger);
    await Promise.all([after.close(), again.close()]);
  }, 60_000);
});
