import { Ledger } from '../../src/billing/ledger/ledger.js';
import type { StreamKey } from '../../src/billing/ledger/ledger-operations.js';
import { StreamLog } from '../../src/billing/ledger/stream-log.js';
import { creditsText } from '../../src/common/money/micro-credits.js';
import { eventually } from '../support/eventually.js';
import { append, finish, hold, LedgerBench } from '../support/ledger-bench.js';

let bench: LedgerBench;
let node: Ledger;
let users = 0;

beforeAll(async () => {
  bench = await LedgerBench.open();
  node = await bench.startNode();
});
afterAll(() => bench.close());
afterEach(async () => expect(await bench.faults()).toEqual([]));

/** A stream's key of a new user with so many micro-credits. */
async function newUser(balance = 10_000n): Promise<StreamKey> {
  const accountId = `user:u${++users}`;
  await bench.grant(accountId, balance);
  return { accountId, requestId: 'ws:1' };
}

describe('a hold', () => {
  it('sets credits aside', async () => {
    const key = await newUser();
    expect(await hold(node, key)).toEqual({
      ...{ result: 'held', status: 'pending', available: 9000n, owner: node.nodeId, quota: null },
    });
    expect(await bench.account(key.accountId)).toEqual({ posted: 10_000n, held: 1000n });
  });

  it('is a duplicate the second time, while it is open and after', async () => {
    const key = await newUser();
    await hold(node, key);
    expect(await hold(node, key)).toMatchObject({ result: 'duplicate', status: 'pending', owner: node.nodeId });
    await finish(node, key, 1, 10n);
    expect(await hold(node, key)).toMatchObject({ result: 'duplicate', status: 'settled' });
    expect(await bench.account(key.accountId)).toEqual({ posted: 9990n, held: 0n });
  });

  it('is granted once where the same one is asked for many times at once', async () => {
    const key = await newUser();
    const results = await Promise.all(Array.from({ length: 100 }, () => hold(node, key)));
    expect(results.filter(({ result }) => result === 'held')).toHaveLength(1);
    expect(results.filter(({ result }) => result === 'duplicate')).toHaveLength(99);
    expect(await bench.account(key.accountId)).toEqual({ posted: 10_000n, held: 1000n });
  });

  it('is a conflict where the id was used for another request', async () => {
    const key = await newUser();
    await hold(node, key);
    expect(await hold(node, key, { fingerprint: 'other' })).toMatchObject({ result: 'conflict' });
  });

  it('is refused above the balance and stores nothing, so that the id may be tried again', async () => {
    const key = await newUser(999n);
    expect(await hold(node, key)).toMatchObject({ result: 'insufficient', available: 999n });
    await bench.grant(key.accountId, 1n);
    expect(await hold(node, key)).toMatchObject({ result: 'held', available: 0n });
  });

  it('is refused where there is no account', async () => {
    const key = { accountId: 'user:nobody', requestId: 'ws:1' };
    expect(await hold(node, key)).toMatchObject({ result: 'no_account' });
  });

  it('is refused where the account is frozen, until it is thawed', async () => {
    const key = await newUser();
    await bench.pool.query('freeze', `SELECT ledger.freeze($1, 'suspicion')`, [key.accountId]);
    expect(await hold(node, key)).toMatchObject({ result: 'frozen' });
    await bench.pool.query('unfreeze', 'SELECT ledger.unfreeze($1)', [key.accountId]);
    expect(await hold(node, key)).toMatchObject({ result: 'held' });
  });

  it('is granted to exactly those of 1,000 at once whom the balance can pay for', async () => {
    const { accountId } = await newUser(100_000n);
    const keys = Array.from({ length: 1000 }, (_, i) => ({ accountId, requestId: `ws:${i}` }));
    const results = await Promise.all(keys.map((key) => hold(node, key)));
    expect(results.filter(({ result }) => result === 'held')).toHaveLength(100);
    expect(results.filter(({ result }) => result === 'insufficient')).toHaveLength(900);
    expect(await bench.account(accountId)).toEqual({ posted: 100_000n, held: 100_000n });
  });

  it('grows within the balance, and by its owner alone', async () => {
    const key = await newUser();
    await hold(node, key);
    expect(await node.grow({ ...key, total: 10_000n })).toEqual({ result: 'grown', available: 0n });
    expect(await node.grow({ ...key, total: 9000n })).toMatchObject({ result: 'same' });
    expect(await node.grow({ ...key, total: 10_001n })).toMatchObject({ result: 'insufficient' });
    expect(await (await bench.startNode()).grow({ ...key, total: 10_000n })).toMatchObject({ result: 'fenced' });
    await finish(node, key, 1, 10_000n);
    expect(await node.grow({ ...key, total: 20_000n })).toMatchObject({ result: 'closed' });
    expect(await node.grow({ ...key, requestId: 'ws:other', total: 1n })).toMatchObject({ result: 'unknown' });
  });
});

describe('taking a hold over', () => {
  it('works where its node died before it logged anything', async () => {
    const [dead, heir] = await Promise.all([bench.startNode(), bench.startNode()]);
    const key = await newUser();
    const takeOver = (fingerprint = 'f') => heir.takeOver({ ...key, fingerprint, ttlMs: 60_000 });
    expect(await takeOver()).toMatchObject({ result: 'unknown' });
    await hold(dead, key);
    expect(await takeOver()).toMatchObject({ result: 'alive' });
    await bench.kill(dead);
    expect(await takeOver('other')).toMatchObject({ result: 'conflict' });
    expect(await takeOver()).toMatchObject({ result: 'taken', amount: 1000n, terms: { model: 'gpt-4' } });
    expect(await append(dead, key, 1)).toMatchObject({ result: 'fenced' });
    expect(await append(heir, key, 1)).toMatchObject({ result: 'appended' });
    expect(await takeOver()).toMatchObject({ result: 'logged' });
    await finish(heir, key, 2, 5n);
    expect(await takeOver()).toMatchObject({ result: 'closed' });
  });
});

describe('the log', () => {
  it('takes each frame once, in order, from its owner', async () => {
    const key = await newUser();
    await hold(node, key);
    expect(await append(node, key, 1)).toEqual({ result: 'appended', tail: 1 });
    expect(await append(node, key, 1)).toEqual({ result: 'duplicate', tail: 1 });
    expect(await append(node, key, 1, '{"other":1}')).toEqual({ result: 'conflict', tail: 1 });
    expect(await append(node, key, 3)).toEqual({ result: 'gap', tail: 1 });
    expect(await append(await bench.startNode(), key, 2)).toEqual({ result: 'fenced', tail: 1 });
    expect(await append(node, { ...key, requestId: 'ws:other' }, 1)).toMatchObject({ result: 'unknown' });
  });

  it('keeps frames byte for byte', async () => {
    const key = await newUser();
    await hold(node, key);
    const frames = `{"data":${JSON.stringify('\0 \ud800 é 😀 \u2028')}}`;
    await append(node, key, 1, frames);
    expect((await new StreamLog(bench.pool).readPage(key, 0, 1)).rows).toMatchObject([{ frames, isTerminal: false }]);
  });

  it('is closed by the terminal frame', async () => {
    const key = await newUser();
    await hold(node, key);
    await append(node, key, 1);
    expect(await finish(node, key, 3, 1n)).toMatchObject({ result: 'gap', tail: 1 });
    expect(await finish(node, key, 1, 1n)).toMatchObject({ result: 'conflict', tail: 1 });
    expect(await finish(await bench.startNode(), key, 2, 1n)).toMatchObject({ result: 'fenced' });
    expect(await finish(node, key, 2, 1n)).toMatchObject({ result: 'settled' });
    expect(await append(node, key, 3)).toMatchObject({ result: 'fenced', tail: 2 });
  });
});

describe('the end of a request', () => {
  it('is charged once and gives the same frame again', async () => {
    const key = await newUser();
    await hold(node, key);
    const frame = '{"seq":1,"credits":0.000123,"balance":0.009877}';
    const first = await finish(node, key, 1, 123n);
    expect(first).toEqual({
      result: 'settled',
      charged: 123n,
      shortfall: 0n,
      balance: 9877n,
      available: 9877n,
      frame,
      tail: 0,
    });
    expect(await finish(node, key, 1, 999n)).toMatchObject({ result: 'duplicate', charged: 123n, frame });
    expect(await bench.account(key.accountId)).toEqual({ posted: 9877n, held: 0n });
  });

  it('takes what is free beyond the hold, and no more than there is', async () => {
    const key = await newUser(1500n);
    await hold(node, key);
    expect(await finish(node, key, 1, 2000n)).toMatchObject({ charged: 1500n, shortfall: 500n, balance: 0n });
  });

  it('writes exactly what it charged into the frame, whatever the amount', async () => {
    const amounts = [
      1n,
      10n,
      999_999n,
      1_000_000n,
      1_234_567n,
      45_000_000n,
      10_000_000n,
      999_999_999_999n,
      123_456_789_012_345n,
    ];
    for (const amount of amounts) {
      const key = await newUser(400_000_000_000_000n);
      await hold(node, key, { amount });
      const { frame } = await finish(node, key, 1, amount);
      const balance = creditsText(400_000_000_000_000n - amount);
      expect(frame).toBe(`{"seq":1,"credits":${creditsText(amount)},"balance":${balance}}`);
      expect(JSON.stringify(JSON.parse(frame!))).toBe(frame);
    }
  });

  it('gives each of many at once the balance that it left behind', async () => {
    const { accountId } = await newUser(1_000_000n);
    const keys = Array.from({ length: 200 }, (_, i) => ({ accountId, requestId: `ws:${i}` }));
    await Promise.all(keys.map((key) => hold(node, key)));
    const results = await Promise.all(keys.map((key) => finish(node, key, 1, 7n)));
    const balances = results.map(({ balance }) => balance).sort((a, b) => Number(b! - a!));
    expect(balances).toEqual(Array.from({ length: 200 }, (_, i) => 1_000_000n - 7n * BigInt(i + 1)));
  });
});

describe('a batch', () => {
  it('with one bad operation fails for that one alone', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => newUser()));
    const bad = 7;
    const held = await Promise.allSettled(
      keys.map((key, i) => hold(node, key, i === bad ? { terms: '{"a":"\0"}' } : {})),
    );
    expect(held.map(({ status }) => status)).toEqual(keys.map((_, i) => (i === bad ? 'rejected' : 'fulfilled')));
    const good = keys.filter((_, i) => i !== bad);
    const logged = await Promise.allSettled(good.map((key, i) => append(node, key, 1, i === bad ? '\0' : '{}')));
    expect(logged.map(({ status }) => status)).toEqual(good.map((_, i) => (i === bad ? 'rejected' : 'fulfilled')));
    const ends = await Promise.all(good.map((key, i) => finish(node, key, i === bad ? 1 : 2, 1n)));
    expect(ends.every(({ result }) => result === 'settled')).toBe(true);
  });

  it('loses and doubles nothing where the database ends its connections again and again', async () => {
    const accounts = await Promise.all(Array.from({ length: 5 }, () => newUser(1_000_000n)));
    const keys = Array.from({ length: 400 }, (_, i) => ({
      accountId: accounts[i % 5]!.accountId,
      requestId: `ws:${i}`,
    }));
    let isRunning = true;
    const killer = (async () => {
      let killed = 0;
      while (isRunning || killed === 0) killed += await endConnections();
      return killed;
    })();
    const run = async (key: StreamKey) => {
      const { result, owner } = await eventually(() => hold(node, key)); // a client whose hold is refused asks again
      expect(['held', 'duplicate']).toContain(result);
      expect(owner).toBe(node.nodeId);
      for (const seq of [1, 2]) expect(['appended', 'duplicate']).toContain((await append(node, key, seq)).result);
      return finish(node, key, 3, 10n);
    };
    const ends = await Promise.all(keys.map(run));
    isRunning = false;
    expect(await killer).toBeGreaterThan(0);
    expect(ends.every(({ charged }) => charged === 10n)).toBe(true);
    expect(new Set(ends.map(({ frame }) => frame)).size).toBeGreaterThan(1);
    for (const { accountId } of accounts)
      expect(await bench.account(accountId)).toEqual({ posted: 999_200n, held: 0n });
    const rows = await bench.owner.query(`SELECT 1 FROM audit.event WHERE actor = ANY ($1) AND action LIKE 'ai.%'`, [
      accounts.map((key) => key.accountId),
    ]);
    expect(rows.rowCount).toBe(400);
  });
});

/** Ends every connection of the ledger's pool; a moment passes between two rounds, so that work gets done. */
async function endConnections(): Promise<number> {
  const { rowCount } = await bench.owner.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity, pg_sleep(0.1)
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  return rowCount ?? 0;
}
