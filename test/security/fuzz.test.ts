import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { fuzzBodies, fuzzFrames, type FuzzTarget } from '../support/fuzzing.js';
import { heapAfterCollection, REPORTS_HEAP } from '../support/heap-report.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';

const SEED = 20_261_122;
const FRAMES = 10_000;
const BODIES = 2_000;
const MIB = 1024 * 1024;
/** What may be more afterwards: caches of answers, of tokens and of compiled code have their own bounds. */
const MOST_GROWTH_BYTES = 24 * MIB;

let database: TestDatabase;
let gateway: GatewayProcess;
let target: FuzzTarget;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startGateway({
    DATABASE_URL: database.url,
    PORT: '0',
    NODE_ENV: 'test',
    JWT_SECRET: TEST_SECRET,
    AUDIT_SECRET: TEST_SECRET,
    SIMULATED_PROVIDERS: 'on',
    SIGNUP_CREDITS: '100000000',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'trace',
    NODE_OPTIONS: REPORTS_HEAP,
  });
  target = { url: gateway.url, wsUrl: gateway.wsUrl, token: signToken };
}, 90_000);
afterAll(async () => {
  await gateway?.end('SIGKILL');
  await database.drop();
});

describe('a gateway that is sent anything', () => {
  it(`answers ${FRAMES} frames and ${BODIES} bodies without a fault of its own, and its memory returns to its level`, async () => {
    await fuzzFrames(target, SEED - 1, 1_000); // so that what is made once is there
    await fuzzBodies(target, SEED - 1, 200);
    const before = await heapAfterCollection(gateway);
    const codes = await fuzzFrames(target, SEED, FRAMES);
    const statuses = await fuzzBodies(target, SEED, BODIES);
    expect(codes.get('VALIDATION_ERROR')).toBeGreaterThan(FRAMES / 2);
    expect(statuses.get(400)).toBeGreaterThan(BODIES / 2);
    expect((await fetch(`${target.url}/health/live`)).status).toBe(200);
    await eventually(
      async () => expect((await heapAfterCollection(gateway)) - before).toBeLessThan(MOST_GROWTH_BYTES),
      30_000,
      1_000,
    );
  }, 240_000);

  it('wrote one JSON object a line, whatever it was sent, and no error', () => {
    const lines = gateway
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    const errors = lines.filter((line) => (JSON.parse(line) as { level?: number }).level! >= 50);
    expect(errors).toEqual([]);
  });
});
