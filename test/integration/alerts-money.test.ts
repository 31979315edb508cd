import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Ledger } from '../../src/billing/ledger/ledger.js';
import { LedgerAudit } from '../../src/maintenance/ledger-audit.service.js';
import { AlertStage } from '../support/alert-stage.js';
import { eventually } from '../support/eventually.js';

let stage: AlertStage;

beforeEach(async () => {
  stage = await AlertStage.open({ alerts: { rules: { HoldsOverdue: { forMs: 0 } } } });
});
afterEach(() => stage.close());

const open = () => stage.alerts('?state=open');

/** A request that ended with this, by the ledger itself. */
async function ended(outcome: object, cost = 0n, amount = 1_000n): Promise<void> {
  const ledger = stage.gateway.app.get(Ledger, { strict: false });
  const key = { accountId: 'user:bob', requestId: `ws:${randomUUID()}` };
  const terms = JSON.stringify({ type: 'chat', model: 'gpt-4o', provider: 'openai', promptTokens: 1 });
  await ledger.grant({ accountId: 'user:bob', idempotencyKey: randomUUID(), amount, meta: '{}' });
  const held = await ledger.hold({ ...key, fingerprint: 'f', amount, ttlMs: 60_000, terms });
  expect(held.result).toBe('held');
  const frame = '{"credits":\u0001,"balance":\u0002}';
  await ledger.finish({ ...key, seq: 1, frame, outputTokens: 0, cost, outcome: JSON.stringify(outcome) });
}

const USED = { usage: { inputTokens: 10, outputTokens: 20 }, usageSource: 'provider', finishReason: 'stop' };
const PRICE = { inputUsdPerMtok: 1, outputUsdPerMtok: 1 };

test('a request that cost more than could be charged is told of', async () => {
  await ended({ ...USED, price: PRICE }, 900n);
  await stage.judge();
  expect(await open()).toEqual([]);
  await ended({ ...USED, price: PRICE }, 5_000n);
  await stage.judge();
  expect(await open()).toMatchObject([{ alert: 'ChargesShort', value: 1, severity: 'warning' }]);
});

test('tokens that no price is known of are told of; none at all, or what the reaper counted, are not', async () => {
  await ended({ ...USED, price: PRICE });
  await ended({ usage: { inputTokens: 0, outputTokens: 0 }, finishReason: 'error', error: 'ALL_PROVIDERS_FAILED' });
  await ended({});
  await stage.judge();
  expect(await open()).toEqual([]);
  await ended({ ...USED, usage: { inputTokens: 0, outputTokens: 3 } });
  await stage.judge();
  expect(await open()).toMatchObject([{ alert: 'TokensUnpriced', value: 1, severity: 'critical' }]);
});

test('a hold past its deadline is told of until somebody ends it', async () => {
  await stage.database.query(`SELECT ledger.grant_credits(ARRAY['user:carol'], ARRAY['k'], ARRAY[1000])`);
  // The reaper passes accounts over that somebody has locked, and waits for them later: as if it were stuck.
  await stage.database.query('BEGIN');
  await stage.database.query(`SELECT FROM ledger.account WHERE id = 'user:carol' FOR UPDATE`);
  await stage.worker.get(DataSource).query(
    `INSERT INTO ledger.hold (account_id, request_id, fingerprint, amount, node_id, expires_at, terms)
     VALUES ('user:carol', 'ws:stuck', 'f', 0, 'queue', clock_timestamp() - interval '1 second', '{}')`,
  );
  await stage.judge();
  expect(await open()).toMatchObject([{ alert: 'HoldsOverdue', value: 1, severity: 'critical' }]);
  await stage.database.query('COMMIT');
  await eventually(async () => {
    await stage.judge();
    expect(await open()).toEqual([]);
  });
});

test('a ledger that does not add up is told of, whichever process found it', async () => {
  await ended({ ...USED, price: PRICE }, 900n);
  const audit = stage.worker.get(LedgerAudit, { strict: false });
  await audit.auditAll();
  await stage.judge();
  expect(await open()).toEqual([]);
  await stage.database.query('ALTER TABLE ledger.entry DISABLE TRIGGER USER');
  await stage.database.query(
    `UPDATE ledger.entry SET amount = amount + 1 WHERE account_id = 'user:bob' AND kind = 'charge'`,
  );
  expect((await audit.auditAll()).findings).not.toEqual([]);
  const other = await stage.addWorker();
  await eventually(async () => {
    await stage.judge(other);
    expect(await open()).toMatchObject([{ alert: 'LedgerUnbalanced', labels: { audit: 'all' }, severity: 'critical' }]);
  });
});
