import { Ledger } from '../../src/billing/ledger/ledger.js';
import type { HoldResult, StreamKey } from '../../src/billing/ledger/ledger-operations.js';
import { finish, hold, LedgerBench, TERMS, type HoldWish } from '../support/ledger-bench.js';

let bench: LedgerBench;
let nodes: Ledger[];
let users = 0;
let requests = 0;

beforeAll(async () => {
  bench = await LedgerBench.open();
  nodes = [await bench.startNode(), await bench.startNode(), await bench.startNode()];
});
afterAll(() => bench.close());
afterEach(async () => expect(await bench.faults()).toEqual([]));

async function newUser(balance = 1_000_000n): Promise<string> {
  const accountId = `user:limited-${++users}`;
  await bench.grant(accountId, balance);
  return accountId;
}
const keyOf = (accountId: string): StreamKey => ({ accountId, requestId: `ws:${++requests}` });
const ask = (accountId: string, wish: HoldWish = {}, node = requests) =>
  hold(nodes[node % nodes.length]!, keyOf(accountId), wish);
const ownLimit = (accountId: string, column: string, value: number) =>
  bench.owner.query(
    `INSERT INTO access.user_limit (account_id, ${column}) VALUES ($1, $2)
     ON CONFLICT (account_id) DO UPDATE SET ${column} = excluded.${column}`,
    [accountId, value],
  );
const held = (results: HoldResult[]) => results.filter(({ result }) => result === 'held').length;
/** The minute that an account is in began so long ago. */
const letPass = (accountId: string, seconds: number) =>
  bench.owner.query(`UPDATE access.minute SET began_at = began_at - $2 * interval '1 second' WHERE account_id = $1`, [
    accountId,
    seconds,
  ]);
const used = async (accountId: string) => {
  const read = 'SELECT requests, tokens::int FROM access.minute WHERE account_id = $1';
  return (await bench.owner.query<{ requests: number; tokens: number }>(read, [accountId])).rows[0];
};
/** Ends an answer on the node that holds it. */
const end = async (key: StreamKey, usage: { inputTokens: number; outputTokens: number }) => {
  const { rows } = await bench.owner.query<{ node_id: string }>(
    'SELECT node_id FROM ledger.hold WHERE account_id = $1 AND request_id = $2',
    [key.accountId, key.requestId],
  );
  const node = nodes.find(({ nodeId }) => nodeId === rows[0]!.node_id)!;
  const { outputTokens } = usage;
  await node.finish({ ...key, seq: 1, frame: '{"seq":1}', outputTokens, cost: 1n, outcome: JSON.stringify({ usage }) });
};

describe('a limit of requests a minute', () => {
  it('is exact over three nodes, whoever asks at once', async () => {
    const user = await newUser();
    const results = await Promise.all(
      Array.from({ length: 1_000 }, () => ask(user, { amount: 1n, limits: { requestsPerMinute: 60 } })),
    );
    expect(held(results)).toBe(60);
    const refused = results.find(({ result }) => result === 'limited')!;
    expect(refused.quota).toMatchObject({ limit: 'requestsPerMinute', allowed: 60, used: 60 });
    const { retryAfterMs } = refused.quota as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(30_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('begins anew when its minute has passed, and says what is left', async () => {
    const user = await newUser();
    const limits = { requestsPerMinute: 2 };
    expect((await ask(user, { limits })).quota).toMatchObject({ requests: { limit: 2, remaining: 1 } });
    expect((await ask(user, { limits })).quota).toMatchObject({ requests: { limit: 2, remaining: 0 } });
    expect((await ask(user, { limits })).result).toBe('limited');
    await letPass(user, 61);
    expect((await ask(user, { limits })).quota).toMatchObject({ requests: { limit: 2, remaining: 1 } });
  });

  it('is not used up by requests that are refused, nor asked of an id that is known', async () => {
    const user = await newUser(1_500n);
    const limits = { requestsPerMinute: 1 };
    expect((await ask(user, { limits, amount: 2_000n })).result).toBe('insufficient');
    const key = keyOf(user);
    expect((await hold(nodes[0]!, key, { limits })).result).toBe('held');
    expect((await hold(nodes[1]!, key, { limits })).result).toBe('duplicate');
    expect((await hold(nodes[1]!, key, { limits, fingerprint: 'other' })).result).toBe('conflict');
    expect((await ask(user, { limits, amount: 1n })).result).toBe('limited');
  });

  it("is the user's own where there is one, from the next request on, and leaves others alone", async () => {
    const [user, other] = [await newUser(), await newUser()];
    const limits = { requestsPerMinute: 1 };
    await ask(user, { limits });
    await ownLimit(user, 'requests_per_minute', 2);
    expect((await ask(user, { limits })).result).toBe('held');
    expect((await ask(user, { limits })).result).toBe('limited');
    expect((await ask(other)).quota).toBeNull();
    await ownLimit(user, 'requests_per_minute', 0);
    await letPass(user, 61);
    expect((await ask(user)).quota).toMatchObject({ allowed: 0, used: 0 });
  });
});

describe('a limit of tokens a minute', () => {
  it('counts prompts when they are held and answers when they end', async () => {
    const user = await newUser();
    const limits = { tokensPerMinute: 40 };
    const key = keyOf(user);
    const first = await hold(nodes[0]!, key, { limits });
    expect(first.quota).toMatchObject({ tokens: { limit: 40, remaining: 40 - TERMS.promptTokens } });
    await end(key, { inputTokens: TERMS.promptTokens, outputTokens: 10 });
    expect((await ask(user, { limits })).quota).toMatchObject({ tokens: { remaining: 40 - 11 - 10 - 11 } });
    expect((await ask(user, { limits })).quota).toMatchObject({ limit: 'tokensPerMinute', used: 32, asked: 11 });
  });

  it('counts an answer that outlasts the minute of its prompt in the one in which it ends', async () => {
    const user = await newUser();
    const limits = { tokensPerMinute: 100, requestsPerMinute: 1 };
    const key = keyOf(user);
    await hold(nodes[0]!, key, { limits });
    await letPass(user, 61);
    await end(key, { inputTokens: 11, outputTokens: 95 });
    expect(await used(user)).toEqual({ requests: 0, tokens: 95 });
    expect((await ask(user, { limits })).quota).toMatchObject({ limit: 'tokensPerMinute', used: 95, asked: 11 });
    await letPass(user, 61);
    expect((await ask(user, { limits })).quota).toMatchObject({
      tokens: { remaining: 89 },
      requests: { remaining: 0 },
    });
  });

  it('gives nothing of another minute back, and of its own all that was not used', async () => {
    const user = await newUser();
    const limits = { tokensPerMinute: 100 };
    const [early, late] = [keyOf(user), keyOf(user)];
    await hold(nodes[0]!, early, { limits });
    await letPass(user, 61);
    await hold(nodes[1]!, late, { limits });
    await end(early, { inputTokens: 0, outputTokens: 0 });
    expect(await used(user)).toEqual({ requests: 1, tokens: 11 });
    await end(late, { inputTokens: 0, outputTokens: 0 });
    expect(await used(user)).toEqual({ requests: 1, tokens: 0 });
  });

  it('begins no minute with what took nothing, nor for whom nothing was ever limited', async () => {
    const [user, free] = [await newUser(), await newUser()];
    const keys = [keyOf(user), keyOf(free)];
    await hold(nodes[0]!, keys[0]!, { limits: { tokensPerMinute: 100 } });
    await hold(nodes[0]!, keys[1]!);
    await letPass(user, 61);
    await end(keys[0]!, { inputTokens: 0, outputTokens: 0 });
    await end(keys[1]!, { inputTokens: 11, outputTokens: 5 });
    expect(await used(user)).toEqual({ requests: 1, tokens: 11 });
    expect(await used(free)).toBeUndefined();
  });

  it('counts all that a step of a workflow took, of which nothing was counted before', async () => {
    const user = await newUser();
    const limits = { tokensPerMinute: 100 };
    await ask(user, { limits });
    const step = { accountId: user, requestId: `video:${++requests}` };
    const held = `SELECT result FROM ledger.hold_batch('videos', ARRAY[$1], ARRAY[$2], ARRAY['f'], ARRAY[9]::bigint[], ARRAY[60000], ARRAY[$3])`;
    const closed = `SELECT result FROM ledger.finish_batch('videos', ARRAY[$1], ARRAY[$2], ARRAY[NULL]::int[], ARRAY[NULL], ARRAY[NULL]::int[], ARRAY[1]::bigint[], ARRAY[$3])`;
    await bench.owner.query(held, [step.accountId, step.requestId, JSON.stringify(TERMS)]);
    const outcome = JSON.stringify({ usage: { inputTokens: 20, outputTokens: 7 } });
    expect((await bench.owner.query(closed, [step.accountId, step.requestId, outcome])).rows).toEqual([
      { result: 'settled' },
    ]);
    expect(await used(user)).toEqual({ requests: 1, tokens: 11 + 27 });
  });
});

describe('a limit of streams at once', () => {
  it('counts those of every node; an end makes room', async () => {
    const user = await newUser();
    const limits = { concurrentStreams: 3 };
    const keys = Array.from({ length: 9 }, () => keyOf(user));
    const results = await Promise.all(keys.map((key, index) => hold(nodes[index % 3]!, key, { limits, amount: 1n })));
    expect(held(results)).toBe(3);
    const running = results.findIndex(({ result }) => result === 'held');
    await finish(nodes[running % 3]!, keys[running]!, 1, 1n);
    expect((await ask(user, { limits, amount: 1n })).result).toBe('held');
    expect((await ask(user, { limits, amount: 1n })).quota).toMatchObject({ limit: 'concurrentStreams', used: 3 });
  });
});

describe('a limit of credits', () => {
  it.each(['creditsPerDay', 'creditsPerMonth'])('counts what was charged and what is held: %s', async (limit) => {
    const user = await newUser();
    const limits = { [limit]: 2_500 };
    const key = keyOf(user);
    await hold(nodes[0]!, key, { limits });
    await finish(nodes[0]!, key, 1, 700n);
    expect((await ask(user, { limits })).result).toBe('held');
    expect((await ask(user, { limits })).quota).toMatchObject({ limit, allowed: 2_500, used: 700, held: 1_000 });
    expect((await ask(user, { limits, amount: 800n })).result).toBe('held');
    expect((await ask(user, { limits, amount: 1n })).result).toBe('limited');
  });

  it('is exact where many ask at once', async () => {
    const user = await newUser();
    const limits = { creditsPerDay: 10_000 };
    const results = await Promise.all(Array.from({ length: 50 }, () => ask(user, { limits })));
    expect(held(results)).toBe(10);
  });

  it('knows what was charged before there were limits', async () => {
    const { rows } = await bench.owner.query(
      `SELECT account_id FROM ledger.entry e WHERE kind = 'charge' GROUP BY 1
       HAVING sum(amount) <> (SELECT sum(charged) FROM access.spent s WHERE s.account_id = e.account_id)`,
    );
    expect(rows).toEqual([]);
  });
});

describe('whoever is shut out', () => {
  const revoke = (name: string) => bench.owner.query('INSERT INTO access.revocation (name) VALUES ($1)', [name]);

  it('holds nothing new; what is known stays known', async () => {
    const user = await newUser();
    const key = keyOf(user);
    await hold(nodes[0]!, key);
    await revoke(user);
    expect((await ask(user)).result).toBe('revoked');
    expect((await hold(nodes[0]!, key)).result).toBe('duplicate');
    await bench.owner.query('DELETE FROM access.revocation WHERE name = $1', [user]);
    expect((await ask(user)).result).toBe('held');
  });

  it('is the token alone, where that was meant', async () => {
    const user = await newUser();
    await revoke('token:lost');
    expect((await ask(user, { tokenName: 'token:lost' })).result).toBe('revoked');
    expect((await ask(user, { tokenName: 'token:other' })).result).toBe('held');
    expect((await ask(user)).result).toBe('held');
  });
});

describe('what asks for more than the whole of a limit', () => {
  it.each([
    ['tokensPerMinute', 10, 11],
    ['creditsPerDay', 999, 1_000],
    ['creditsPerMonth', 999, 1_000],
    ['requestsPerMinute', 0, 1],
    ['concurrentStreams', 0, 1],
  ])('is told no time to wait: %s', async (limit, allowed, asked) => {
    const { result, quota } = await ask(await newUser(), { limits: { [limit]: allowed } });
    expect({ result, quota }).toEqual({ result: 'limited', quota: { limit, allowed, used: 0, asked } });
  });

  it('is told so also where another limit is used up for now', async () => {
    const user = await newUser();
    const limits = { requestsPerMinute: 1, creditsPerDay: 1_500, creditsPerMonth: 5_000 };
    await ask(user, { limits });
    expect((await ask(user, { limits })).quota).toMatchObject({ limit: 'requestsPerMinute', used: 1 });
    const { quota } = await ask(user, { limits, amount: 5_001n });
    expect(quota).toEqual({ limit: 'creditsPerDay', allowed: 1_500, used: 0, asked: 5_001 });
  });

  it('is none that fits exactly', async () => {
    const limits = { tokensPerMinute: 11, creditsPerDay: 1_000, creditsPerMonth: 1_000, concurrentStreams: 1 };
    expect((await ask(await newUser(), { limits: { ...limits, requestsPerMinute: 1 } })).result).toBe('held');
  });
});
