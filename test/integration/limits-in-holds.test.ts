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
    const outcome = JSON.stringify({ usage: { inputTokens: TERMS.promptTokens, outputTokens: 10 } });
    await nodes[0]!.finish({ ...key, seq: 1, frame: '{"seq":1}', outputTokens: 10, cost: 1n, outcome });
    expect((await ask(user, { limits })).quota).toMatchObject({ tokens: { remaining: 40 - 11 - 10 - 11 } });
    expect((await ask(user, { limits })).quota).toMatchObject({ limit: 'tokensPerMinute', used: 32, asked: 11 });
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
