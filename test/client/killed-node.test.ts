import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { readLedger } from '../support/ledger-audit.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';
import { Clients, counting, failureOf, numbers } from './clients.js';

const MICRO = 1_000_000;

describe('a node that is killed under the client library', () => {
  const clients = new Clients();
  const gateways: GatewayProcess[] = [];
  let simulator: Simulator;
  let database: TestDatabase;

  beforeAll(async () => {
    simulator = await startSimulator();
    database = await createTestDatabase();
    for (const _ of ['first', 'second']) gateways.push(await startGateway(variables()));
  }, 60_000);
  afterAll(async () => {
    clients.close();
    await Promise.all(gateways.map((gateway) => gateway.end('SIGKILL')));
    await simulator.close();
    await database.drop();
  });

  const variables = () => ({
    DATABASE_URL: database.url,
    PORT: '0',
    JWT_SECRET: TEST_SECRET,
    OPENAI_API_KEY: 'test',
    OPENAI_BASE_URL: `${simulator.url}/v1`,
    SIGNUP_CREDITS: '10000',
    STREAM_LEASE_MS: '2000',
    LOG_LEVEL: 'warn',
  });

  it('leaves an answer whole up to where it was written, an honest end, and its bill', async () => {
    const client = clients.make({ url: gateways.map(({ url }) => url), token: signToken('ann') });
    const answer = client.chat(counting(500, 10));
    await eventually(() => expect(answer.lastSeq).toBeGreaterThan(50));
    await gateways[0]!.end('SIGKILL');

    const error = await failureOf(answer.done);
    expect(error).toMatchObject({ code: 'UPSTREAM_LOST', metadata: { finishReason: 'node_lost' } });
    expect(answer.text).toBe(numbers(answer.lastSeq));
    expect(error.usage).toMatchObject({ usageSource: 'reaper' });
    const charged = BigInt(Math.round(error.usage!.credits * MICRO));
    expect(await readLedger(database.url, 'ann')).toMatchObject({ charged, charges: 1, pendingHolds: 0, faults: [] });
  }, 60_000);
});
