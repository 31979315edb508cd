import { receiptOf } from '../../src/account/receipt.js';
import type { Ledger } from '../../src/billing/ledger/ledger.js';
import { REAPED_FRAME } from '../../src/billing/ledger/reaped-frame.js';
import { StreamLog } from '../../src/billing/ledger/stream-log.js';
import { append, finish, hold, LedgerBench, TERMS } from '../support/ledger-bench.js';

interface Reaped {
  result: string;
  charged: bigint;
  frame: string;
}

let bench: LedgerBench;
let dying: Ledger;

beforeAll(async () => (bench = await LedgerBench.open()));
afterAll(() => bench.close());
beforeEach(async () => (dying = await bench.startNode()));

const reap = (isFree = false) =>
  bench.pool.query<Reaped>('reap', 'SELECT result, charged, frame FROM ledger.reap($1, 200, $2)', [
    REAPED_FRAME,
    isFree,
  ]);

/** A user with 1,000 µcr and a stream of three logged frames (6 tokens). */
async function brokenStream(name: string, terms: object = TERMS) {
  const key = { accountId: `user:${name}`, requestId: `ws:${name}` };
  await bench.grant(key.accountId, 1000n);
  await hold(dying, key, { amount: 500n, terms: JSON.stringify(terms) });
  for (const seq of [1, 2, 3]) await append(dying, key, seq);
  return key;
}

describe('a stream whose node died', () => {
  it('is left alone while the lease lasts', async () => {
    await brokenStream('alive');
    expect(await reap()).toEqual([]);
    await bench.kill(dying);
    expect(await reap()).toHaveLength(1);
  });

  it('ends in a frame that says what was delivered, charged and left', async () => {
    const key = await brokenStream('lost');
    await bench.kill(dying);
    const [reaped] = await reap();
    expect(reaped).toMatchObject({ result: 'settled', charged: 112n });
    const frame = JSON.parse(reaped!.frame) as { metadata: { latency: number } };
    expect(frame).toEqual({
      id: 'lost',
      type: 'error',
      seq: 4,
      error: { code: 'UPSTREAM_LOST', message: expect.any(String), retryable: true },
      usage: { promptTokens: 11, completionTokens: 6, totalTokens: 17, credits: 0.000112, usageSource: 'reaper' },
      metadata: {
        model: 'gpt-4',
        provider: 'openai',
        latency: expect.any(Number),
        finishReason: 'node_lost',
        attempts: 1,
      },
      balance: 0.000888,
    });
    expect(Number.isInteger(frame.metadata.latency)).toBe(true);
    expect(await bench.account(key.accountId)).toEqual({ posted: 888n, held: 0n });
    const { rows: log } = await new StreamLog(bench.pool).readPage(key, 3, 1);
    expect(log).toMatchObject([{ firstSeq: 4, lastSeq: 4, frames: reaped!.frame, isTerminal: true }]);
    expect(await bench.faults()).toEqual([]);
  });

  it('has a receipt that reads like any other', async () => {
    const price = { source: 'override', inputUsdPerMtok: 30, outputUsdPerMtok: 60, cachedInputUsdPerMtok: 30 };
    const key = await brokenStream('receipt', { ...TERMS, price });
    await bench.kill(dying);
    await reap();
    const stored = await new StreamLog(bench.pool).find(key);
    expect(receiptOf('receipt', stored!, { balanceAfter: 888n })).toEqual({
      id: 'receipt',
      type: 'chat',
      background: false,
      answer: null,
      status: 'settled',
      model: 'gpt-4',
      provider: 'openai',
      price,
      usage: { promptTokens: 11, completionTokens: 6, totalTokens: 17 },
      usageSource: 'reaper',
      attempts: [],
      hold: 0.0005,
      charge: 0.000112,
      shortfall: 0,
      balanceAfter: 0.000888,
      finishReason: 'node_lost',
      error: 'UPSTREAM_LOST',
      createdAt: expect.any(String),
      closedAt: expect.any(String),
    });
  });

  it('is finished once', async () => {
    const key = await brokenStream('once');
    await bench.kill(dying);
    expect(await reap()).toHaveLength(1);
    expect(await reap()).toEqual([]);
    expect(await bench.account(key.accountId)).toEqual({ posted: 888n, held: 0n });
  });

  it('is finished once by many nodes that try at the same time', async () => {
    const keys = [];
    for (let i = 0; i < 20; i++) keys.push(await brokenStream(`many-${i}`));
    await bench.kill(dying);
    const sweeps = await Promise.all(Array.from({ length: 8 }, () => reap()));
    expect(sweeps.flat()).toHaveLength(20);
    for (const { accountId } of keys) expect(await bench.account(accountId)).toEqual({ posted: 888n, held: 0n });
    expect(await bench.faults()).toEqual([]);
  });

  it('costs nothing where nothing was logged', async () => {
    const key = { accountId: 'user:silent', requestId: 'ws:silent' };
    await bench.grant(key.accountId, 1000n);
    await hold(dying, key);
    await bench.kill(dying);
    const [reaped] = await reap();
    expect(reaped).toMatchObject({ result: 'released', charged: 0n });
    expect(JSON.parse(reaped!.frame)).toMatchObject({
      seq: 1,
      usage: { promptTokens: 0, completionTokens: 0, totalTokens: 0, credits: 0 },
      balance: 0.001,
    });
    expect(await bench.account(key.accountId)).toEqual({ posted: 1000n, held: 0n });
  });

  it('costs nothing where broken answers are free, and says what was delivered', async () => {
    const key = await brokenStream('free');
    await bench.kill(dying);
    const [reaped] = await reap(true);
    expect(reaped).toMatchObject({ result: 'released', charged: 0n });
    expect(JSON.parse(reaped!.frame)).toMatchObject({
      usage: { promptTokens: 11, completionTokens: 6, totalTokens: 17, credits: 0 },
    });
    expect(await bench.account(key.accountId)).toEqual({ posted: 1000n, held: 0n });
    expect(await bench.faults()).toEqual([]);
  });

  it('ends in a whole frame whatever its terms and its id contain', async () => {
    const key = { accountId: 'user:odd', requestId: 'ws:a"b\\c:d' };
    await bench.grant(key.accountId, 1000n);
    const terms = { model: 'quote " \\ \u0001\u0002\u000e', provider: 7, promptTokens: 'many', reap: 'none' };
    await hold(dying, key, { terms: JSON.stringify(terms) });
    await append(dying, key, 1);
    await bench.kill(dying);
    const [reaped] = await reap();
    expect(reaped).toMatchObject({ charged: 0n });
    expect(JSON.parse(reaped!.frame)).toMatchObject({
      id: 'a"b\\c:d',
      metadata: { model: terms.model, provider: '7', finishReason: 'node_lost' },
    });
  });

  it('names no model where the terms have none', async () => {
    await brokenStream('bare', {});
    await bench.kill(dying);
    const [reaped] = await reap();
    expect(JSON.parse(reaped!.frame)).toMatchObject({ metadata: { model: '', provider: '' } });
  });

  it('is closed to its old owner, who is told the frame that was stored', async () => {
    const key = await brokenStream('zombie');
    await bench.kill(dying);
    const [reaped] = await reap();
    expect(await append(dying, key, 4)).toMatchObject({ result: 'fenced' });
    expect(await finish(dying, key, 4, 400n)).toMatchObject({
      result: 'duplicate',
      charged: 112n,
      frame: reaped!.frame,
    });
    expect(await bench.account(key.accountId)).toEqual({ posted: 888n, held: 0n });
  });

  it('is finished at its deadline even where its node lives', async () => {
    const key = { accountId: 'user:slow', requestId: 'ws:slow' };
    await bench.grant(key.accountId, 1000n);
    await hold(dying, key);
    await bench.owner.query(`UPDATE ledger.hold SET expires_at = now() WHERE request_id = 'ws:slow'`);
    expect(await reap()).toMatchObject([{ result: 'released' }]);
  });
});
