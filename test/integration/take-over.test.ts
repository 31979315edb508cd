import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect } from '../support/socket-client.js';

/** Long enough that no reaper comes between. */
const LEASE_MS = '600000';

describe('a request whose node died before it logged anything', () => {
  let dead: TestApp;
  let alive: TestApp;

  beforeAll(async () => {
    const variables = { DEFAULT_PRICE_USD_PER_MTOK: '1,2', STREAM_LEASE_MS: LEASE_MS };
    dead = await startTestApp(variables);
    alive = await startTestApp({ ...variables, DATABASE_URL: dead.databaseUrl });
  });
  afterAll(async () => {
    await alive.close();
    await dead.close();
  });

  /** Held by a node that has no lease. */
  async function orphan(): Promise<{ id: string; model: string }> {
    const request = {
      id: randomUUID(),
      type: 'chat',
      provider: 'auto',
      model: 'sim-4-1ms',
      messages: [{ role: 'user', content: 'hello' }],
      stream: true,
    };
    const { requests } = dead.simulator.stats();
    dead.simulator.setFault({ fault: 'hang' });
    const client = await connect(dead.wsUrl, dead.token('alice'));
    client.send(request);
    await eventually(() => expect(dead.simulator.stats().requests).toBeGreaterThan(requests));
    const database = new Client({ connectionString: dead.databaseUrl });
    await database.connect();
    await database.query(`UPDATE ledger.hold SET node_id = 'node-dead' WHERE request_id = $1`, [`ws:${request.id}`]);
    await database.end();
    await client.close();
    return request;
  }

  it('is begun anew by another node, once, and charged once', async () => {
    const request = await orphan();
    const client = await connect(alive.wsUrl, alive.token('alice'));
    expect(await client.ask(request)).toMatchObject({ type: 'done', usage: { completionTokens: 4 } });
    expect(await readLedger(alive.databaseUrl, 'alice')).toMatchObject({ charges: 1, faults: [] });
    await client.close();
  });

  it('is not begun anew for a client that has seen some of it: it would be shown two texts in one', async () => {
    const { requests } = alive.simulator.stats();
    const request = await orphan();
    const ahead = await connect(alive.wsUrl, alive.token('alice'));
    ahead.send({ ...request, lastSeq: 2 });
    const fresh = await connect(alive.wsUrl, alive.token('alice'));
    ahead.send({ id: request.id, type: 'subscribe', channel: 'account' });
    await ahead.first('the answer to what was sent after it', ({ type }) => type === 'event');
    expect(alive.simulator.stats().requests).toBe(requests);
    expect(await fresh.ask(request)).toMatchObject({ type: 'done' });
    expect(alive.simulator.stats().requests).toBe(requests + 1);
    await Promise.all([ahead.close(), fresh.close()]);
  });
});
