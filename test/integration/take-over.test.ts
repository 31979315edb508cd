import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { EVERY_RIGHT } from '../../src/auth/role-rights.js';
import { accountIdOf } from '../../src/billing/accounts/account-id.js';
import { Tariff } from '../../src/billing/pricing/tariff.js';
import { cachedJob } from '../../src/completions/cache/cached-job.js';
import { ResponseCache } from '../../src/completions/cache/response-cache.service.js';
import { CreditHolds } from '../../src/completions/credit-holds.service.js';
import { prepareJob } from '../../src/completions/job-preparation.js';
import { PricedRoutes } from '../../src/completions/priced-routes.js';
import { readRequestBody } from '../../src/streaming/protocol/read-request-body.js';
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

describe('a request whose node died before it gave a kept answer', () => {
  const TOKENS = 40;
  let dead: TestApp;
  let alive: TestApp;

  beforeAll(async () => {
    const variables = { DEFAULT_PRICE_USD_PER_MTOK: '1,2', STREAM_LEASE_MS: LEASE_MS, SIGNUP_CREDITS: '20' };
    dead = await startTestApp(variables);
    alive = await startTestApp({ ...variables, DATABASE_URL: dead.databaseUrl });
  });
  afterAll(async () => {
    await alive.close();
    await dead.close();
  });

  afterEach(() => alive.simulator.reset());

  const database = async (statement: string, values: unknown[] = []) => {
    const client = new Client({ connectionString: dead.databaseUrl });
    await client.connect();
    await client.query(statement, values).finally(() => client.end());
  };
  const forgetAnswers = () => database('DELETE FROM cache.response');

  /** Held as its node did it, which then died. */
  async function orphan(user: string) {
    const request = {
      id: randomUUID(),
      type: 'chat',
      provider: 'openai',
      model: `sim-${TOKENS}-0ms`,
      messages: [{ role: 'user', content: randomUUID() }],
      stream: true,
      cache: true,
      clampToBalance: false,
    };
    const client = await connect(dead.wsUrl, dead.token(user));
    await client.ask({ ...request, id: randomUUID() });
    await client.close();
    const read = readRequestBody(request);
    const key = { accountId: accountIdOf(user), requestId: `ws:${request.id}` };
    const job = prepareJob(key, read, dead.app.get(PricedRoutes).routeFor(read, EVERY_RIGHT), dead.app.get(Tariff));
    const kept = await eventually(async () => {
      const answer = await dead.app.get(ResponseCache).find(job);
      if (!answer) throw new Error('it is not kept yet');
      return answer;
    });
    await dead.app.get(CreditHolds).hold(user, cachedJob(job, kept));
    await database(`UPDATE ledger.hold SET node_id = 'node-dead' WHERE request_id = $1`, [key.requestId]);
    return request;
  }

  async function repeat(user: string, request: { id: string }) {
    const client = await connect(alive.wsUrl, alive.token(user));
    const end = await client.ask(request);
    await client.close();
    return end;
  }

  it('is given it by another node, free', async () => {
    const request = await orphan('anna');
    expect(await repeat('anna', request)).toMatchObject({
      type: 'done',
      usage: { credits: 0 },
      metadata: { cached: true },
    });
  });

  it('has its cost held before a new one is asked for, where it is gone', async () => {
    const request = await orphan('dora');
    await forgetAnswers();
    const { requests } = alive.simulator.stats();
    alive.simulator.setFault({ fault: 'hang' });
    const client = await connect(alive.wsUrl, alive.token('dora'));
    client.send(request);
    await eventually(() => expect(alive.simulator.stats().requests).toBe(requests + 1));
    expect((await readLedger(dead.databaseUrl, 'dora')).held).toBeGreaterThan(10_000_000n);
    expect(await client.ask({ id: request.id, cancel: true })).toMatchObject({ error: { code: 'CANCELLED' } });
    await client.close();
  });

  it('has it made anew where it is gone, once its cost is held, and pays for it', async () => {
    const request = await orphan('bert');
    await forgetAnswers();
    const end = await repeat('bert', request);
    expect(end).toMatchObject({
      type: 'done',
      usage: { completionTokens: TOKENS },
      metadata: { finishReason: 'stop' },
    });
    expect(end.usage!.credits).toBeGreaterThan(0);
    expect(await readLedger(dead.databaseUrl, 'bert')).toMatchObject({
      charges: 2,
      held: 0n,
      pendingHolds: 0,
      faults: [],
    });
  });

  it('is told so where the balance does not cover that, before anybody is asked', async () => {
    const request = await orphan('carl');
    await forgetAnswers();
    const other = await orphan('carl'); // a hold of nothing, which becomes most of the balance
    await forgetAnswers();
    const read = readRequestBody({ ...other, id: randomUUID() });
    const key = { accountId: accountIdOf('carl'), requestId: `ws:${read.id}` };
    const job = prepareJob(key, read, dead.app.get(PricedRoutes).routeFor(read, EVERY_RIGHT), dead.app.get(Tariff));
    await dead.app.get(CreditHolds).hold('carl', job);
    const { requests } = alive.simulator.stats();
    const end = await repeat('carl', request);
    expect(end).toMatchObject({ type: 'error', seq: 1, error: { code: 'INSUFFICIENT_CREDITS' } });
    expect(alive.simulator.stats().requests).toBe(requests);
    expect(await repeat('carl', request)).toEqual(end);
  });
});
