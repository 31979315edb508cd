import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { readLedger } from '../support/ledger-audit.js';
import { answers, counts, DONE, finishes, says } from '../support/openai-events.js';
import { openStream, ProviderServer, stream } from '../support/provider-server.js';
import { connect } from '../support/socket-client.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';

const SHOWN = ['The answer', ' is forty'];
const REST = '-two.';
const LEASE_MS = 2_000;
/** Of a lost node's streams, beyond its lease (docs/protocol.md, rule 10). */
const ENDED_WITHIN_MS = 15_000;

describe('a node that ends in the middle of a rescue', () => {
  let provider: ProviderServer;
  let database: TestDatabase;
  const nodes: GatewayProcess[] = [];

  beforeEach(async () => {
    provider = await ProviderServer.start();
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.end('SIGKILL')));
    await provider.close();
    await database.drop();
  });

  async function start(): Promise<GatewayProcess> {
    const node = await startGateway({
      DATABASE_URL: database.url,
      PORT: '0',
      JWT_SECRET: TEST_SECRET,
      OPENAI_API_KEY: 'test',
      OPENAI_BASE_URL: `${provider.url}/v1`,
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      SIGNUP_CREDITS: '1000',
      STREAM_LEASE_MS: String(LEASE_MS),
      LOG_LEVEL: 'info',
    });
    nodes.push(node);
    return node;
  }

  /** An answer has broken off, and the one that is to go on with it has repeated nearly all that was shown. */
  async function amidRescue(node: GatewayProcess) {
    const request = {
      id: randomUUID(),
      type: 'chat',
      provider: 'openai',
      model: 'unlisted',
      messages: [{ role: 'user', content: 'What is it?' }],
      stream: true,
    };
    provider.willAnswer(stream(...SHOWN.map(says)), openStream(says(SHOWN[0]!)));
    const client = await connect(node.wsUrl, signToken('alice'));
    client.send(request);
    await eventually(() => expect(provider.requests).toHaveLength(2));
    expect(client.text(request.id)).toBe(SHOWN.join(''));
    return { request, client };
  }

  it('lets it come to its end where it drains', async () => {
    const node = await start();
    const { request, client } = await amidRescue(node);
    const ended = node.end('SIGTERM');
    await eventually(() => expect(node.output()).toContain('SIGTERM'));
    for (const event of [says(SHOWN[1]!), says(REST), finishes(), counts(10, 6), DONE])
      provider.lastResponse!.write(event);
    provider.lastResponse!.end();
    const end = await client.terminal(request.id);
    expect(end).toMatchObject({ type: 'done', usage: { completionTokens: 6 }, metadata: { attempts: 2 } });
    expect(client.text(request.id)).toBe(SHOWN.join('') + REST);
    expect(await ended).toBe(0);
    expect(await readLedger(database.url, 'alice')).toMatchObject({
      charges: 1,
      pendingHolds: 0,
      held: 0n,
      faults: [],
    });
  }, 60_000);

  it('leaves what was shown to another node where it is killed: the client reads on there, charged once for it', async () => {
    const [node, other] = await Promise.all([start(), start()]);
    const { request, client } = await amidRescue(node);
    await node.end('SIGKILL');
    await client.closed();
    const seen = client.frames(request.id);

    const after = await connect(other.wsUrl, signToken('alice'));
    provider.willAnswer(stream(...answers([...SHOWN, REST])));
    after.send({ ...request, lastSeq: seen.length });
    const end = await after.terminal(request.id, LEASE_MS + ENDED_WITHIN_MS);
    expect(end).toMatchObject({
      seq: seen.length + 1,
      error: { code: 'UPSTREAM_LOST' },
      metadata: { finishReason: 'node_lost' },
    });
    const ledger = await readLedger(database.url, 'alice');
    expect(ledger).toMatchObject({ charges: 1, pendingHolds: 0, held: 0n, faults: [] });
    expect(ledger.charged).toBe(BigInt(Math.round(end.usage!.credits * 1e6)));

    const again = await connect(other.wsUrl, signToken('alice'));
    expect(await again.ask(request)).toEqual(end);
    expect(again.text(request.id)).toBe(SHOWN.join(''));
    expect(provider.requests).toHaveLength(2); // what was shown is never made anew
    expect(await readLedger(database.url, 'alice')).toEqual(ledger);
    await Promise.all([after.close(), again.close()]);
  }, 60_000);
});
