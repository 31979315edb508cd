import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Client } from 'pg';
import type { Ledger } from '../../src/billing/ledger/ledger.js';
import { REAPED_FRAME } from '../../src/billing/ledger/reaped-frame.js';
import { append, hold, LedgerBench } from '../support/ledger-bench.js';

const ROLL = 'SELECT usage.roll_up($1, 2000) AS count';
let bench: LedgerBench;
let ledger: Ledger;

beforeAll(async () => {
  bench = await LedgerBench.open();
  ledger = await bench.startNode();
});
afterAll(() => bench.close());

async function client(): Promise<Client> {
  const one = new Client({ connectionString: bench.database.url });
  one.on('error', () => undefined); // it is to be cut off
  await one.connect();
  return one;
}

/** One request from its hold to its end. @returns its id */
async function request(
  accountId: string,
  cost: bigint,
  outcome: object | string = {},
  terms?: string,
): Promise<string> {
  const key = { accountId, requestId: `ws:${randomUUID()}` };
  await hold(ledger, key, terms === undefined ? {} : { terms });
  const frame = '{"credits":\u0001,"balance":\u0002}';
  const text = typeof outcome === 'string' ? outcome : JSON.stringify(outcome);
  await ledger.finish({ ...key, seq: 1, frame, outputTokens: 0, cost, outcome: text });
  return key.requestId;
}

async function newAccount(): Promise<string> {
  const id = `user:${randomUUID()}`;
  await bench.grant(id, 10_000_000n);
  return id;
}

const rollAll = async () => {
  while ((await bench.owner.query<{ count: number }>(ROLL, [100])).rows[0]!.count > 0);
};
const rowsOf = async (accountId: string) =>
  (await bench.owner.query('SELECT * FROM usage.day WHERE account_id = $1 ORDER BY model', [accountId])).rows;
/** What an account was charged for, by its entries and by the sums. */
async function bothSums(accountId: string) {
  const counted = `SELECT count(*)::int AS n, coalesce(sum(amount), 0)::bigint AS sum FROM ledger.entry WHERE kind = 'charge' AND account_id = $1`;
  const kept = `SELECT coalesce(sum(requests), 0)::int AS n, coalesce(sum(charged), 0)::bigint AS sum FROM usage.day WHERE account_id = $1`;
  const read = async (text: string) => (await bench.owner.query(text, [accountId])).rows[0];
  return { ledger: await read(counted), usage: await read(kept) };
}

describe('requests that ended are counted once', () => {
  test('by any number of processes at it at once, while requests end', async () => {
    const accounts = await Promise.all([newAccount(), newAccount(), newAccount()]);
    const rollers = await Promise.all(Array.from({ length: 4 }, client));
    let isOver = false;
    const rolling = rollers.map(async (each) => {
      while (!isOver) await each.query(ROLL, [7]);
    });
    for (let round = 0; round < 20; round++)
      await Promise.all(accounts.flatMap((account) => [1n, 10n, 100n].map((cost) => request(account, cost))));
    isOver = true;
    await Promise.all(rolling);
    await Promise.all(rollers.map((each) => each.end()));
    await rollAll();
    for (const account of accounts) {
      const { ledger: charged, usage } = await bothSums(account);
      expect(usage).toEqual(charged);
      expect(usage).toEqual({ n: 60, sum: '2220' });
    }
  });

  test('whoever is killed amid it', async () => {
    const account = await newAccount();
    for (let round = 0; round < 5; round++) {
      await Promise.all([request(account, 5n), request(account, 6n)]);
      const roller = await client();
      const { rows } = await roller.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await roller.query('BEGIN');
      expect((await roller.query<{ count: number }>(ROLL, [100])).rows[0]!.count).toBeGreaterThan(0);
      await bench.owner.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]!.pid]);
    }
    expect(await rowsOf(account)).toEqual([]);
    await rollAll();
    expect((await bothSums(account)).usage).toEqual({ n: 10, sum: '55' });
  });

  test('while another one is at it, which nobody waits for', async () => {
    const account = await newAccount();
    await request(account, 5n);
    const [first, second] = await Promise.all([client(), client()]);
    await first.query('BEGIN');
    await first.query(ROLL, [100]);
    expect((await second.query(ROLL, [100])).rows).toEqual([{ count: null }]);
    await first.query('COMMIT');
    expect((await second.query(ROLL, [100])).rows).toEqual([{ count: 0 }]);
    expect((await bothSums(account)).usage).toEqual({ n: 1, sum: '5' });
    await Promise.all([first.end(), second.end()]);
  });

  test('whose transaction is committed after younger ones were counted', async () => {
    const [late, account] = [await newAccount(), await newAccount()];
    const slow = { accountId: late, requestId: 'ws:slow' };
    await hold(ledger, slow);
    const holder = await client();
    await holder.query('BEGIN');
    await holder.query(
      `SELECT * FROM ledger.finish_batch($1, ARRAY[$2], ARRAY[$3], ARRAY[NULL::int], ARRAY[NULL], ARRAY[0], ARRAY[8]::bigint[], ARRAY['{}'])`,
      [ledger.nodeId, slow.accountId, slow.requestId],
    );
    await request(account, 5n);
    await rollAll();
    expect(await rowsOf(late)).toEqual([]);
    expect((await bothSums(account)).usage).toEqual({ n: 1, sum: '5' });
    await holder.query('COMMIT');
    await holder.end();
    await rollAll();
    expect((await bothSums(late)).usage).toEqual({ n: 1, sum: '8' });
  });

  test('also when the reaper ended them, at the price that was held for', async () => {
    const account = await newAccount();
    const dead = await bench.startNode();
    const key = { accountId: account, requestId: 'ws:lost' };
    const terms = JSON.stringify({
      type: 'chat',
      model: 'gpt-4',
      provider: 'openai',
      promptTokens: 10,
      price: { inputUsdPerMtok: 30, outputUsdPerMtok: 60 },
      reap: { prompt: 600, token: 120 },
    });
    await hold(dead, key, { terms, amount: 10_000n });
    await append(dead, key, 1);
    await bench.kill(dead);
    await bench.pool.query('reap', 'SELECT result FROM ledger.reap($1)', [REAPED_FRAME]);
    await rollAll();
    expect(await rowsOf(account)).toEqual([
      expect.objectContaining({
        model: 'gpt-4',
        provider: 'openai',
        failed: '1',
        estimated: '1',
        prompt_tokens: '10',
        completion_tokens: '2',
        charged: '840',
        cost_usd: '0.000420',
        revenue_usd: expect.stringMatching(/^0\.000000420*$/),
      }),
    ]);
  });
});

test.each([
  ['nothing', '{}'],
  ['no JSON', 'not json'],
  ['a list', '[1, 2]'],
  ['a text', '"text"'],
  [
    'wrong types',
    '{"model":7,"provider":{},"usage":{"inputTokens":"many","outputTokens":-5},"price":"free","attempts":{},"finishReason":[]}',
  ],
  ['numbers beyond belief', '{"usage":{"inputTokens":1e300,"outputTokens":0.5},"price":{"inputUsdPerMtok":1e300}}'],
  [
    'names beyond measure',
    `{"model":"${'m'.repeat(500)}","provider":"${'p'.repeat(500)}","attempts":[7,null,{"lost":"x"}]}`,
  ],
])('an outcome of %s neither hinders a charge nor the counting', async (_name, outcome) => {
  const account = await newAccount();
  await request(account, 5n, outcome, '{"type":"chat"}');
  await rollAll();
  expect((await bothSums(account)).usage).toEqual({ n: 1, sum: '5' });
});

/** Whatever may stand behind a name that is read. */
const anything = fc.oneof(
  fc.constantFrom(
    'cancelled',
    'completed',
    'video',
    'estimated',
    'auto',
    '',
    0,
    0.5,
    -1,
    1e-300,
    1e300,
    null,
    true,
    '1e5',
    '12.5',
  ),
  fc.jsonValue(),
);
const someOf = (names: string[], value: fc.Arbitrary<unknown>) =>
  fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
const tokens = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'cacheWriteHourTokens',
  'reasoningTokens',
];
const price = fc.oneof(
  anything,
  someOf(['inputUsdPerMtok', 'outputUsdPerMtok', 'cachedInputUsdPerMtok', 'usdPerSecond'], anything),
);
const terms = fc
  .tuple(someOf(['type', 'model', 'provider', 'cached'], anything), price)
  .map(([rest, first]) => ({ ...rest, price: first }));
const outcome = fc
  .tuple(
    someOf(
      ['model', 'provider', 'finishReason', 'error', 'usageSource', 'seconds', 'providerCostUsd', 'cached'],
      anything,
    ),
    fc.oneof(anything, someOf(tokens, anything)),
    price,
    fc.oneof(
      anything,
      fc.array(
        fc.oneof(
          anything,
          someOf(
            ['model', 'provider', 'lost'],
            fc.oneof(anything, someOf(['usd', 'promptTokens', 'completionTokens'], anything)),
          ),
        ),
      ),
    ),
  )
  .map(([rest, usage, last, attempts]) => ({ ...rest, usage, price: last, attempts }));

test('no outcome and no terms hinder a charge or the counting', async () => {
  const account = await newAccount();
  const samples = fc.sample(fc.tuple(terms, outcome), 300);
  for (const [held, ended] of samples) await request(account, 1n, ended, JSON.stringify(held));
  await rollAll();
  expect((await bothSums(account)).usage).toEqual({ n: samples.length, sum: String(samples.length) });
});

test.each([
  ['its seconds', { seconds: 4, price: { usdPerSecond: '0.1' } }, '0.4'],
  [
    'the frames of its input',
    { seconds: 4, frames: 96, price: { usdPerSecond: '0.1', usdPerFrame: '0.0025' } },
    '0.2400',
  ],
  ['what the provider told', { seconds: 4, price: { usdPerSecond: '0.1' }, providerCostUsd: '0.125' }, '0.125'],
  ['nothing, where nothing was delivered', { seconds: 0, frames: 96, price: { usdPerFrame: '0.0025' } }, '0'],
])('a video costs the house %s', async (_name, ended, cost) => {
  const account = await newAccount();
  const outcome = { provider: 'runway', model: 'gen4', finishReason: 'completed', ...ended };
  await request(account, 5n, outcome, JSON.stringify({ type: 'video' }));
  await rollAll();
  expect(await rowsOf(account)).toMatchObject([{ kind: 'video', completed: '1', calls: '1', cost_usd: cost }]);
});

test('what attempts cost that were in vain counts where they were made', async () => {
  const account = await newAccount();
  const attempts = [
    {
      provider: 'openai',
      model: 'gpt-4',
      outcome: 'stream_broken',
      durationMs: 1,
      lost: { promptTokens: 7, completionTokens: 3, usd: 1.5e-7 },
    },
    { provider: 'claude', model: 'claude-4', outcome: 'answered', durationMs: 1 },
  ];
  const price = { inputUsdPerMtok: 3, outputUsdPerMtok: 15 };
  await request(account, 5n, { model: 'claude-4', provider: 'claude', finishReason: 'stop', attempts, price });
  await rollAll();
  expect(await rowsOf(account)).toMatchObject([
    { model: 'claude-4', provider: 'claude', requests: '1', completed: '1', calls: '1', lost_usd: '0' },
    {
      model: 'gpt-4',
      provider: 'openai',
      requests: '0',
      completed: '0',
      calls: '1',
      lost_usd: '0.00000015',
      lost_prompt_tokens: '7',
      lost_completion_tokens: '3',
      prompt_tokens: '0',
      charged: '0',
    },
  ]);
});

test('what had ended before there was any counting is counted', async () => {
  const account = await newAccount();
  await request(account, 5n);
  await rollAll();
  await bench.owner.query('DROP TRIGGER hold_counted ON ledger.hold; DROP SCHEMA usage CASCADE');
  // a copy of a database doesn't have the rights that the first migration gave in it
  await bench.owner.query(
    `DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ledger_owner', current_database()); END $$`,
  );
  await request(account, 6n);
  const { Usage1763800950000 } = await import('../../src/database/migrations/1763800950000-usage.js');
  const runner = { query: (text: string) => bench.owner.query(text) };
  const { UsageCalls1763800951000 } = await import('../../src/database/migrations/1763800951000-usage-calls.js');
  await new Usage1763800950000().up(runner as never);
  const { UsageFrames1763800952000 } = await import('../../src/database/migrations/1763800952000-usage-frames.js');
  await new UsageCalls1763800951000().up(runner as never);
  await new UsageFrames1763800952000().up(runner as never);
  await request(account, 7n);
  await rollAll();
  expect((await bothSums(account)).usage).toEqual({ n: 3, sum: '18' });
});
