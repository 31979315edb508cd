import { randomUUID } from 'node:crypto';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { connect } from '../support/socket-client.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';

const DRAIN_MS = 1_000;
/** What the end of a process may take beyond that while its database does not answer. */
const LITTLE_MS = 9_000;

let database: TestDatabase;
let simulator: Simulator;
let proxy: TcpProxy;
let gateway: GatewayProcess;

beforeEach(async () => {
  database = await createTestDatabase();
  simulator = await startSimulator();
  const { hostname, port } = new URL(database.url);
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  const proxied = new URL(database.url);
  proxied.port = String(proxy.port);
  gateway = await startGateway({
    DATABASE_URL: proxied.href,
    PORT: '0',
    JWT_SECRET: TEST_SECRET,
    OPENAI_API_KEY: 'test',
    OPENAI_BASE_URL: `${simulator.url}/v1`,
    DEFAULT_PRICE_USD_PER_MTOK: '1,2',
    SIGNUP_CREDITS: '10000',
    DRAIN_MS: String(DRAIN_MS),
    LOG_LEVEL: 'warn',
  });
});
afterEach(async () => {
  await gateway.end('SIGKILL');
  await proxy.close();
  await simulator.close();
  await database.drop();
});

describe('a gateway that is asked to go while its database is away', () => {
  it.each(['blackhole', 'cut'] as const)(
    'goes in time, and tells its clients (%s)',
    async (trouble) => {
      const client = await connect(gateway.wsUrl, signToken('ann'));
      const id = randomUUID();
      const messages = [{ role: 'user', content: 'x' }];
      client.send({ id, type: 'chat', provider: 'auto', model: 'sim-3000-10ms', messages, stream: true });
      await client.first('a chunk', ({ seq }) => seq === 3);
      proxy[trouble]();
      const refused = await client.ask({
        id: randomUUID(),
        type: 'chat',
        provider: 'auto',
        model: 'sim-2-1ms',
        stream: true,
        messages,
      });
      expect(refused).toMatchObject({ error: { code: 'UNAVAILABLE' } });
      const begun = performance.now();
      const exit = await gateway.end('SIGTERM');
      const took = performance.now() - begun;
      expect(exit).toBe(0);
      expect(await client.terminal(id)).toMatchObject({
        type: 'error',
        error: { code: 'UNAVAILABLE', retryable: true },
      });
      expect((await client.closed()).code).toBe(1001);
      expect(took).toBeLessThan(DRAIN_MS + LITTLE_MS);
    },
    60_000,
  );
});
