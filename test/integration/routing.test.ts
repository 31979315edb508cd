import { randomUUID } from 'node:crypto';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { startTestApp, type TestApp, type TestVariables } from '../support/app.js';
import { ConfigFile } from '../support/config-file.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';

/** How often a simulated provider was asked, on either wire. */
const callsOf = (simulator: Simulator) =>
  Object.values(simulator.stats().byWire).reduce((sum, { requests }) => sum + requests, 0);

describe('routing by configuration', () => {
  let first: Simulator;
  let second: Simulator;
  let file: ConfigFile;
  let gateway: TestApp;
  let client: SocketClient;

  beforeEach(async () => {
    [first, second] = await Promise.all([startSimulator({ gapMs: 1 }), startSimulator({ gapMs: 1 })]);
  });
  afterEach(async () => {
    await client?.close();
    await gateway?.close();
    file?.remove();
    await Promise.all([first.close(), second.close()]);
  });

  async function start(config: string, variables: TestVariables = {}): Promise<void> {
    file = new ConfigFile(config);
    gateway = await startTestApp({
      OPENAI_API_KEY: undefined,
      ANTHROPIC_API_KEY: undefined,
      GATEWAY_CONFIG: file.path,
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      ...variables,
    });
    client = await connect(gateway.wsUrl, gateway.token('alice'));
  }

  function ask(fields: Record<string, unknown>): Promise<Frame> {
    return client.ask({
      id: randomUUID(),
      type: 'chat',
      provider: 'auto',
      messages: [{ role: 'user', content: 'hi [[sim chunks=3 gap=1]]' }],
      stream: true,
      ...fields,
    });
  }

  const twoKeys = () => `
providers:
  openai:
    baseUrl: ${first.url}/v1
    deployments:
      - {name: a, apiKey: key-a}
      - {name: b, apiKey: key-b, baseUrl: '${second.url}/v1', weight: 0}`;

  it('tries the next key at once where one is limited, and leaves that one alone', async () => {
    await start(twoKeys());
    first.setFault({ fault: '429', retryAfterSeconds: 30 });
    const begunMs = performance.now();
    expect(await ask({ model: 'gpt-4o' })).toMatchObject({
      type: 'done',
      metadata: { provider: 'openai', model: 'gpt-4o', attempts: 2 },
    });
    expect(performance.now() - begunMs).toBeLessThan(1_000);
    for (let count = 0; count < 4; count++) await ask({ model: 'gpt-4o' });
    expect([callsOf(first), callsOf(second)]).toEqual([1, 5]);
    const { body } = await new RestClient(gateway.url).get('/health/ready');
    expect(body).toMatchObject({
      status: 'degraded',
      details: { providers: { 'openai/a': { status: 'degraded' }, 'openai/b': { status: 'up', cooldownMs: 0 } } },
    });
  });

  it('shares requests between the keys of a provider by their weights', async () => {
    await start(twoKeys().replace('weight: 0', 'weight: 3'));
    for (let count = 0; count < 40; count++) await ask({ model: 'gpt-4o' });
    expect(callsOf(first) + callsOf(second)).toBe(40);
    expect(callsOf(first)).toBeGreaterThan(0); // 0.75^40: once in a hundred thousand runs
    expect(callsOf(second)).toBeGreaterThan(callsOf(first));
  });
});
