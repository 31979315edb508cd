import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { eventually } from '../support/eventually.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type SocketClient } from '../support/socket-client.js';

describe('two gateways on one database', () => {
  let first: TestApp;
  let second: TestApp;
  let here: SocketClient;
  let there: SocketClient;
  const chat = (model: string) => ({
    id: randomUUID(),
    type: 'chat',
    provider: 'auto',
    model,
    messages: [{ role: 'user', content: 'hello' }],
    stream: true,
  });

  beforeAll(async () => {
    first = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' });
    second = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', DATABASE_URL: first.databaseUrl });
    here = await connect(first.wsUrl, first.token('alice'));
    there = await connect(second.wsUrl, second.token('alice'));
  });
  afterAll(async () => {
    await second.close();
    await first.close();
  });

  it("show each other's streams while they run, from where the client left off, and only one of them writes", async () => {
    const request = chat('sim-60-10ms');
    here.send(request);
    await here.first('the tenth chunk', ({ id, seq }) => id === request.id && seq === 10);
    const end = await there.ask({ ...request, lastSeq: 7 });
    await here.terminal(request.id);
    expect(there.frames(request.id)).toEqual(here.frames(request.id).slice(7));
    expect(end).toMatchObject({ type: 'done', usage: { completionTokens: 60 } });
    expect(second.simulator.stats().requests).toBe(0);
  });

  it('start the same id once, whoever is asked first', async () => {
    const request = chat('sim-10-5ms');
    const ends = await Promise.all([here.ask(request), there.ask(request)]);
    expect(ends[0]).toEqual(ends[1]);
    expect(there.frames(request.id)).toEqual(here.frames(request.id));
    expect(await readLedger(first.databaseUrl, 'alice')).toMatchObject({ faults: [], pendingHolds: 0 });
  });

  it('refuse another body under an id that the other one serves', async () => {
    const request = chat('sim-20-10ms');
    here.send(request);
    await here.first('a chunk', ({ id }) => id === request.id);
    expect((await there.ask({ ...request, model: 'sim-2-1ms' })).error).toMatchObject({ code: 'CONFLICT' });
    await here.terminal(request.id);
  });

  it('write down what was refused, and every answer in the transaction that charged it', async () => {
    await here.ask({
      ...chat('sim-2-1ms'),
      provider: 'claude',
      model: 'gpt-4',
      maxTokens: 1_000_000,
      clampToBalance: false,
    });
    const database = new Client({ connectionString: first.databaseUrl });
    await database.connect();
    const rows = await eventually(async () => {
      const { rows } = await database.query(
        `SELECT actor, action, subject, details FROM audit.event WHERE actor = 'user:alice'`,
      );
      expect(rows.some(({ action }) => action === 'ai.refused')).toBe(true);
      return rows;
    });
    await database.end();
    expect(rows.find(({ action }) => action === 'ai.refused').details).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      model: 'gpt-4',
    });
    const { charges } = await readLedger(first.databaseUrl, 'alice');
    expect(rows.filter(({ action }) => action === 'ai.settled')).toHaveLength(charges);
    expect(JSON.stringify(rows)).not.toContain('hello');
  });
});
