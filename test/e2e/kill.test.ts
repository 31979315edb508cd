import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect } from '../support/socket-client.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';

const STREAMS = 50;
const GRANTED = 10_000_000_000n;

describe('a gateway that is killed in the midst of its streams', () => {
  let simulator: Simulator;
  let database: { url: string; drop(): Promise<void> };
  let gateway: GatewayProcess | undefined;
  const start = () =>
    startGateway({
      DATABASE_URL: database.url,
      PORT: '0',
      JWT_SECRET: TEST_SECRET,
      OPENAI_API_KEY: 'test',
      OPENAI_BASE_URL: `${simulator.url}/v1`,
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      SIGNUP_CREDITS: '10000',
      STREAM_LEASE_MS: '2000',
      LOG_LEVEL: 'warn',
    });

  beforeAll(async () => {
    simulator = await startSimulator();
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await gateway?.end('SIGKILL');
    await simulator.close();
    await database.drop();
  });

  it('loses no credit, doubles none, and leaves no hold: what can be read again is what was charged', async () => {
    gateway = await start();
    const client = await connect(gateway.wsUrl, signToken('alice'));
    const requests = Array.from({ length: STREAMS }, (_, index) => ({
      id: randomUUID(),
      type: 'chat',
      provider: 'auto',
      // some have ended, some are in their middle, some have shown nothing when the axe falls
      model: ['sim-5-1ms', 'sim-400-20ms', 'sim-400-20ms', 'sim-400-20ms', 'sim-3-4000ms'][index % 5],
      messages: [{ role: 'user', content: `question ${index}` }],
      stream: true,
    }));
    for (const request of requests) client.send(request);
    await Promise.all(
      requests
        .filter(({ model }) => model !== 'sim-3-4000ms')
        .map(({ id }) => client.first('five frames', (frame) => frame.id === id && frame.seq! >= 5)),
    );
    await gateway.end('SIGKILL');
    const seen = new Map(requests.map(({ id }) => [id, client.frames(id)]));

    gateway = await start();
    const { databaseUrl } = { databaseUrl: database.url };
    await eventually(async () => expect(await readLedger(databaseUrl, 'alice')).toMatchObject({ pendingHolds: 0 }));
    const ledger = await readLedger(databaseUrl, 'alice');
    expect(ledger).toMatchObject({ held: 0n, faults: [] });
    expect(ledger.posted + ledger.charged).toBe(GRANTED);

    const again = await connect(gateway.wsUrl, signToken('alice'));
    let charged = 0;
    for (const request of requests) {
      const before = seen.get(request.id)!;
      const end = await again.ask({ ...request, lastSeq: 0 });
      const frames = again.frames(request.id);
      expect(frames.slice(0, before.length)).toEqual(before); // nobody was ahead of the log
      expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => index + 1));
      const chunks = frames.filter(({ type }) => type === 'chunk').length;
      if (end.type === 'error')
        expect(end).toMatchObject({
          error: { code: 'UPSTREAM_LOST' },
          usage: { completionTokens: chunks, usageSource: 'reaper' },
          metadata: { finishReason: 'node_lost' },
        });
      if (chunks === 0) expect(end.usage!.credits).toBe(0);
      charged += Math.round(end.usage!.credits * 1e6);
    }
    expect(BigInt(charged)).toBe(ledger.charged);
    expect(await readLedger(databaseUrl, 'alice')).toEqual(ledger);
    await again.close();
  }, 90_000);

  it('ends what runs and tells its sockets before it goes, when it is asked to go', async () => {
    gateway ??= await start();
    const client = await connect(gateway.wsUrl, signToken('bob'));
    const idle = await connect(gateway.wsUrl, signToken('bob'));
    const request = {
      id: randomUUID(),
      type: 'chat',
      provider: 'auto',
      model: 'sim-60-20ms',
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
    };
    client.send(request);
    await client.first('the third chunk', ({ seq }) => seq === 3);
    const exit = gateway.end('SIGTERM');
    expect((await idle.closed()).code).toBe(1001);
    const late = await connect(gateway.wsUrl, signToken('bob')).catch((error: { status?: number }) => error);
    expect(late).toMatchObject({ status: 503 });
    expect(await client.ask({ ...request, id: randomUUID() })).toMatchObject({ error: { code: 'UNAVAILABLE' } });
    expect(await client.terminal(request.id)).toMatchObject({
      type: 'done',
      usage: { completionTokens: 60, usageSource: 'provider' },
    });
    expect((await client.closed()).code).toBe(1001);
    expect(await exit).toBe(0);
    expect(await readLedger(database.url, 'bob')).toMatchObject({ pendingHolds: 0, held: 0n, charges: 1, faults: [] });
  }, 60_000);
});
