import { Client } from 'pg';
import { AuditLog } from '../../src/audit/audit-log.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { Ledger } from '../../src/billing/ledger/ledger.js';
import { REAPED_FRAME } from '../../src/billing/ledger/reaped-frame.js';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

interface EventRow {
  actor: string;
  action: string;
  subject: string;
  details: Record<string, unknown>;
}

let database: TestDatabase;
let pool: LedgerPool;
let owner: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new LedgerPool({ connectionString: database.url });
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  await pool.query('grant', `SELECT ledger.grant_credits(ARRAY['user:ann'], ARRAY['g'], ARRAY[1000000]::bigint[])`);
});
afterAll(async () => {
  await owner.end();
  await pool.close();
  await database.drop();
});

const eventsOf = (subject: string) =>
  pool.query<EventRow>('events', 'SELECT actor, action, subject, details FROM audit.event WHERE subject = $1', [
    subject,
  ]);

async function startNode(leaseMs = 60_000): Promise<Ledger> {
  const ledger = new Ledger(pool);
  await pool.query('beat', 'SELECT * FROM ledger.beat($1, $2)', [ledger.nodeId, leaseMs]);
  return ledger;
}

const hold = (ledger: Ledger, requestId: string, ttlMs = 60_000) =>
  ledger.hold({
    accountId: 'user:ann',
    requestId,
    fingerprint: 'f',
    amount: 1000n,
    ttlMs,
    terms: JSON.stringify({ type: 'chat', model: 'gpt-4', provider: 'openai', reap: { prompt: 10, token: 1 } }),
  });
const finish = (ledger: Ledger, requestId: string, cost: bigint) =>
  ledger.finish({
    accountId: 'user:ann',
    requestId,
    seq: 1,
    frame: '{"credits":\u0001,"balance":\u0002}',
    outputTokens: 7,
    cost,
    outcome: JSON.stringify({
      model: 'gpt-4-turbo',
      provider: 'openai',
      usage: { inputTokens: 5, outputTokens: 7 },
      usageSource: 'provider',
      finishReason: 'stop',
      text: 'a secret',
    }),
  });

describe('an AI interaction', () => {
  it('is one event, written with the charge, without any text', async () => {
    const ledger = await startNode();
    await hold(ledger, 'ws:settled');
    await ledger.grow({ accountId: 'user:ann', requestId: 'ws:settled', total: 2000n });
    expect(await eventsOf('ws:settled')).toEqual([]);
    await finish(ledger, 'ws:settled', 42n);
    await finish(ledger, 'ws:settled', 42n);
    expect(await eventsOf('ws:settled')).toEqual([
      {
        actor: 'user:ann',
        action: 'ai.settled',
        subject: 'ws:settled',
        details: {
          type: 'chat',
          model: 'gpt-4-turbo',
          provider: 'openai',
          inputTokens: 5,
          outputTokens: 7,
          usageSource: 'provider',
          charged: 42,
          shortfall: 0,
          finishReason: 'stop',
          error: null,
        },
      },
    ]);
  });

  it('is noted when it cost nothing, and when it cost more than was held', async () => {
    const ledger = await startNode();
    await hold(ledger, 'ws:free');
    await finish(ledger, 'ws:free', 0n);
    await hold(ledger, 'ws:dear');
    await finish(ledger, 'ws:dear', 1500n);
    expect(await eventsOf('ws:free')).toMatchObject([{ action: 'ai.released', details: { charged: 0 } }]);
    expect(await eventsOf('ws:dear')).toMatchObject([{ action: 'ai.settled', details: { charged: 1500 } }]);
  });

  it('is noted once when its node died', async () => {
    const ledger = await startNode();
    await hold(ledger, 'ws:lost', 1);
    const reap = () => pool.query('reap', 'SELECT * FROM ledger.reap($1)', [REAPED_FRAME]);
    await eventually(async () => expect(await reap()).toHaveLength(1));
    await reap();
    expect(await eventsOf('ws:lost')).toMatchObject([
      {
        action: 'ai.released',
        details: { model: 'gpt-4', usageSource: 'reaper', finishReason: 'node_lost', charged: 0 },
      },
    ]);
  });

  it('is noted for each of many that close at once', async () => {
    const ledger = await startNode();
    const ids = Array.from({ length: 200 }, (_, i) => `ws:many-${i}`);
    await Promise.all(ids.map((id) => hold(ledger, id)));
    await Promise.all(ids.map((id) => finish(ledger, id, 1n)));
    const [row] = await pool.query<{ events: number; ids: number }>(
      'many',
      `SELECT count(*)::int AS events, count(DISTINCT subject)::int AS ids FROM audit.event WHERE subject LIKE 'ws:many-%'`,
    );
    expect(row).toEqual({ events: 200, ids: 200 });
  });
});

describe('the trail', () => {
  it.each([`UPDATE audit.event SET actor = 'x'`, 'DELETE FROM audit.event', 'TRUNCATE audit.event'])(
    'refuses %s, to its owner too',
    async (sql) => {
      await expect(owner.query(sql)).rejects.toMatchObject({ code: 'AU001' });
    },
  );

  it('can be added to by the gateway through its function alone', async () => {
    await expect(
      pool.query('forge', `INSERT INTO audit.event (actor, action) VALUES ('user:x', 'ai.settled')`),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('takes no details above its bound', async () => {
    const details = JSON.stringify({ text: 'x'.repeat(10_000) });
    const write = owner.query(
      `SELECT audit.record(ARRAY[now()], ARRAY['user:ann'], ARRAY['ai.refused'], ARRAY[''], ARRAY[gen_random_uuid()], ARRAY[$1])`,
      [details],
    );
    await expect(write).rejects.toMatchObject({ code: '23514' });
  });
});

describe('AuditService', () => {
  it('writes refusals down at the latest when it is shut down', async () => {
    const service = new AuditService(new AuditLog(pool));
    for (let i = 0; i < 1200; i++) {
      service.record({
        actor: 'user:bob',
        action: 'ai.refused',
        subject: 'ws:refused',
        details: { code: 'FORBIDDEN', model: '\0' },
      });
    }
    await service.onApplicationShutdown();
    const events = await eventsOf('ws:refused');
    expect(events).toHaveLength(1200);
    expect(events[0]).toMatchObject({ actor: 'user:bob', action: 'ai.refused', details: { code: 'FORBIDDEN' } });
    expect(service.dropped).toBe(0);
  });

  it('has an act on disk when it resolves', async () => {
    const service = new AuditService(new AuditLog(pool));
    await service.act(
      { actor: 'user:root', action: 'admin.grant', subject: 'user:ann', details: { credits: 5n } },
      () => Promise.resolve(),
    );
    expect(await eventsOf('user:ann')).toEqual([
      { actor: 'user:root', action: 'admin.grant', subject: 'user:ann', details: { credits: 5 } },
    ]);
  });

  it('says so where an act can not be noted', async () => {
    const closed = new LedgerPool({ connectionString: database.url });
    await closed.close();
    const service = new AuditService(new AuditLog(closed));
    await expect(
      service.act({ actor: 'user:root', action: 'admin.freeze' }, () => Promise.resolve()),
    ).rejects.toThrow();
  });

  it('notes an event once, however often it is written', async () => {
    const rows = [
      {
        at: new Date(),
        actor: 'user:eve',
        action: 'ai.refused',
        subject: 'ws:twice',
        key: crypto.randomUUID(),
        details: '{}',
      },
    ];
    const log = new AuditLog(pool);
    await log.write(rows);
    await log.write(rows);
    expect(await eventsOf('ws:twice')).toHaveLength(1);
  });
});
