import { randomUUID } from 'node:crypto';
import { Ledger } from '../../src/billing/ledger/ledger.js';
import { AccountsService } from '../../src/billing/accounts/accounts.service.js';
import { AbandonedHolds } from '../../src/completions/abandoned-holds.js';
import type { AnswerJob } from '../../src/completions/answer-job.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect } from '../support/socket-client.js';

describe('a hold whose outcome was unknown', () => {
  let gateway: TestApp;
  beforeAll(async () => {
    gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' });
  });
  afterAll(() => gateway.close());

  /** A hold that was made although its client was told that it could not be. */
  async function hold(userId: string, id: string): Promise<AnswerJob> {
    await gateway.app.get(AccountsService).stateOf(userId);
    const key = { accountId: `user:${userId}`, requestId: `ws:${id}` };
    const made = await gateway.app
      .get(Ledger)
      .hold({ ...key, fingerprint: 'f', amount: 5_000_000n, ttlMs: 1_860_000, terms: '{"type":"chat"}' });
    expect(made.result).toBe('held');
    return { key, request: { id, model: 'gpt-4', provider: 'auto' } } as AnswerJob;
  }

  it('is ended when its client does not come back, and says so to whoever asks for it', async () => {
    const id = randomUUID();
    gateway.app.get(AbandonedHolds).note(await hold('alice', id), 20);
    await eventually(async () => {
      expect(await readLedger(gateway.databaseUrl, 'alice')).toMatchObject({
        held: 0n,
        pendingHolds: 0,
        charges: 0,
        faults: [],
      });
    });
    const client = await connect(gateway.wsUrl, gateway.token('alice'));
    expect(await client.ask({ id, lastSeq: 0 })).toMatchObject({
      seq: 1,
      error: { code: 'UNAVAILABLE' },
      usage: { credits: 0 },
    });
    await client.close();
  });

  it('is none of its business when it was never made', async () => {
    const job = {
      key: { accountId: 'user:bob', requestId: 'ws:none' },
      request: { id: 'none', model: 'm', provider: 'auto' },
    };
    gateway.app.get(AbandonedHolds).note(job as AnswerJob, 1);
    const other = randomUUID();
    gateway.app.get(AbandonedHolds).note(await hold('bob', other), 30);
    await eventually(async () =>
      expect(await readLedger(gateway.databaseUrl, 'bob')).toMatchObject({ pendingHolds: 0, faults: [] }),
    );
    const client = await connect(gateway.wsUrl, gateway.token('bob'));
    expect((await client.ask({ id: 'none', lastSeq: 0 })).error?.code).toBe('NOT_FOUND');
    await client.close();
  });
});
