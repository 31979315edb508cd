import { randomUUID } from 'node:crypto';
import type { EntriesResponse } from '../../src/account/credits.dto.js';
import type { ReceiptResponse } from '../../src/account/receipt.dto.js';
import { chatBody, CompatClient } from '../support/compat-client.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame } from '../support/socket-client.js';
import { addUp, adminUsage, ownUsage } from '../support/usage-reports.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { VideoClient } from '../support/video-client.js';

const USERS = ['ann', 'bob'] as const;
let app: VideoApp;
let admin: RestClient;
/** What each user asked for, by id. */
const asked = new Map<string, string[]>();
const restOf = (user: string, roles?: string[]) => new RestClient(app.url, app.token(user, roles));

async function onSocket(user: string, request: object): Promise<Frame> {
  const client = await connect(app.wsUrl, app.token(user));
  const id = randomUUID();
  asked.get(user)!.push(id);
  const end = await client.ask({ id, type: 'chat', provider: 'auto', model: 'gpt-4', stream: true, ...request });
  await client.close();
  return end;
}

const chat = (user: string, content: string, more: object = {}) =>
  onSocket(user, { messages: [{ role: 'user', content }], ...more });

async function cancelled(user: string): Promise<void> {
  const client = await connect(app.wsUrl, app.token(user));
  const id = randomUUID();
  asked.get(user)!.push(id);
  const messages = [{ role: 'user', content: '[[sim completion=50 fault=stall after=3]]' }];
  client.send({ id, type: 'chat', provider: 'auto', model: 'gpt-4', messages, stream: true });
  await client.first('a chunk', ({ type }) => type === 'chunk');
  client.send({ id, cancel: true });
  await client.terminal(id);
  await client.close();
}

async function overRest(user: string, path: string, body: object): Promise<void> {
  const id = randomUUID();
  asked.get(user)!.push(id);
  const answer = await new CompatClient(app, user).post(body, { 'idempotency-key': id }, path);
  expect([answer.status, await answer.json()]).toEqual([200, expect.anything()]);
}

async function video(user: string, script: string): Promise<void> {
  const client = new VideoClient(app, user);
  const id = await client.order(`a cat [[video ms=50 ${script}]]`, { duration: 4 });
  asked.get(user)!.push(id);
  await client.ended(id);
}

async function wellOf(user: string, tokens: number): Promise<void> {
  const made = video(user, '');
  await chat(user, `[[sim prompt=${tokens} completion=300 gap=0]]`);
  await chat(user, `[[sim prompt=2000 cached=${tokens} completion=7 gap=0]]`, { model: 'gpt-4.1' });
  await chat(user, `[[sim prompt=${tokens} completion=9 gap=0]]`, { stream: false, provider: 'claude' });
  await onSocket(user, { type: 'embedding', model: 'text-embedding-3-small', prompt: 'a text', stream: false });
  await overRest(user, '/v1/chat/completions', chatBody(`[[sim prompt=${tokens} completion=11 gap=0]]`));
  await overRest(user, '/v1/messages', { ...chatBody(`[[sim prompt=${tokens} completion=13 gap=0]]`), max_tokens: 50 });
  await cancelled(user);
  await made;
}

/** What fails of a provider has others leave it alone for a while: the last of these is the worst. */
async function badlyOf(user: string, tokens: number): Promise<void> {
  const failed = video(user, 'fail=failed');
  await chat(user, '[[sim completion=30 text=numbered gap=1 fault=end after=25 wire=openai]]');
  await chat(user, `[[sim prompt=${tokens} completion=40 gap=0 fault=cut after=3]]`);
  await chat(user, `[[sim prompt=${tokens} completion=20 gap=0 fault=503 wire=openai]]`);
  await chat(user, '[[sim fault=503]]');
  await failed;
}

/** The sums of a user's receipts, in the report's words. */
async function receiptsOf(user: string) {
  const receipts = await Promise.all(
    asked.get(user)!.map(async (id) => (await restOf(user).get<ReceiptResponse>(`/api/mcp/requests/${id}`)).body),
  );
  const rows = receipts.map(({ usage, charge, shortfall, error }) => ({
    requests: 1,
    completed: error === null ? 1 : 0,
    failed: error !== null && error !== 'CANCELLED' ? 1 : 0,
    cancelled: error === 'CANCELLED' ? 1 : 0,
    promptTokens: usage?.promptTokens ?? 0,
    cachedTokens: usage?.cachedTokens ?? 0,
    completionTokens: usage?.completionTokens ?? 0,
    credits: charge!,
    shortfall,
  }));
  return { receipts, sums: addUp(rows) };
}

beforeAll(async () => {
  app = await startVideoApp({ SIGNUP_CREDITS: '100000' });
  admin = restOf('root', ['admin']);
  for (const user of USERS) asked.set(user, []);
  await Promise.all([wellOf('ann', 150), wellOf('bob', 1_000)]);
  await badlyOf('ann', 150);
  await badlyOf('bob', 1_000);
}, 180_000);
afterAll(() => app.close());

describe.each(USERS)("%s's own report", (user) => {
  test('is the sum of the receipts and of the ledger, to the micro-credit', async () => {
    const { total } = await ownUsage(restOf(user));
    const { receipts, sums } = await receiptsOf(user);
    expect(total).toMatchObject(sums);
    const { charged, faults } = await readLedger(app.databaseUrl, user);
    expect({ micro: Math.round(total.credits * 1e6), faults }).toEqual({ micro: Number(charged), faults: [] });
    expect(total).toMatchObject({ requests: 13, failed: 3, cancelled: 1, completed: 9 });
    expect(total.estimated).toBeGreaterThanOrEqual(2);
    const videos = receipts.filter(({ type }) => type === 'video');
    expect(total.videos).toEqual({
      requests: 2,
      completed: 1,
      seconds: 4,
      credits: videos.reduce((sum, { charge }) => sum + charge!, 0),
    });
  });

  test.each(['day', 'model', 'provider'] as const)('by %s has rows that add up to its total', async (groupBy) => {
    const { rows, total, nextCursor } = await ownUsage(restOf(user), `groupBy=${groupBy}`);
    const { videos, ...sums } = total;
    expect(addUp(rows)).toEqual(sums);
    expect(addUp(rows.map((row) => row.videos))).toEqual(videos);
    expect(rows.map(({ key }) => key)).toEqual([...new Set(rows.map(({ key }) => key))].sort());
    expect(nextCursor).toBeNull();
  });

  test('by provider counts what each receipt names', async () => {
    const { rows } = await ownUsage(restOf(user), 'groupBy=provider');
    const { receipts } = await receiptsOf(user);
    for (const provider of ['claude', 'sora'])
      expect(rows.find(({ key }) => key === provider)?.requests).toBe(
        receipts.filter((receipt) => receipt.provider === provider).length,
      );
    // who failed everywhere asked for 'auto', and counts at the first choice
    expect(rows.map(({ key }) => key)).not.toContain('auto');
  });
});

describe("an administrator's report", () => {
  test('of everybody is that of both users together, and a user is found in it', async () => {
    const everybody = await adminUsage(admin);
    const users = await adminUsage(admin, 'groupBy=user');
    expect(users.rows.map(({ key }) => key)).toEqual([...USERS]);
    const { videos: _, ...sums } = everybody.total;
    // money is rounded to the micro-dollar in each row
    const { marginUsd: _m, revenueUsd: _r, providerCostUsd: _c, lostUsd: _l, ...counts } = sums;
    expect(addUp(users.rows)).toMatchObject(counts);
    expect(users.total).toEqual(everybody.total);
    const ann = await adminUsage(admin, 'userId=ann&groupBy=user');
    expect(ann.rows).toEqual([users.rows[0]]);
    expect(ann.total).toMatchObject((await ownUsage(restOf('ann'))).total);
  });

  test("knows the providers' cost: tokens at the receipt's price, videos at the list's", async () => {
    const { total } = await adminUsage(admin, 'userId=ann');
    const { receipts } = await receiptsOf('ann');
    const cost = receipts.reduce((sum, { usage, price, video: made }) => {
      if (made) return sum + (made.providerCostUsd ?? 0);
      if (!usage || !price || !('inputUsdPerMtok' in price)) return sum;
      const cached = usage.cachedTokens ?? 0;
      const microUsd =
        (usage.promptTokens - cached) * price.inputUsdPerMtok +
        cached * price.cachedInputUsdPerMtok +
        usage.completionTokens * price.outputUsdPerMtok;
      return sum + microUsd / 1e6;
    }, 0);
    expect(total.providerCostUsd).toBeCloseTo(cost, 6);
    expect(total.revenueUsd).toBeCloseTo(total.credits / 2_000, 6);
    expect(total.marginUsd).toBeCloseTo(total.revenueUsd - total.providerCostUsd - total.lostUsd, 6);
  });

  test('counts what broke off and was paid in vain where that happened, by the receipts', async () => {
    const { rows } = await adminUsage(admin, 'userId=ann&groupBy=provider');
    const { receipts } = await receiptsOf('ann');
    const lost = receipts.flatMap(({ attempts }) => attempts.flatMap((each) => (each.lost ? [each] : [])));
    expect(new Set(lost.map(({ outcome }) => outcome))).toEqual(new Set(['stream_broken']));
    expect(lost.filter(({ provider }) => provider === 'openai').length).toBeGreaterThanOrEqual(3);
    for (const { key, lostUsd } of rows) {
      const usd = lost.reduce((sum, { provider, lost: loss }) => sum + (provider === key ? loss!.usd : 0), 0);
      expect([key, lostUsd]).toEqual([key, expect.closeTo(usd, 6)]);
    }
  });

  test.each([1, 2, 500])('by user is the same on pages of %d', async (limit) => {
    const keys: string[] = [];
    let cursor: string | null = null;
    do {
      const page: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { rows, nextCursor } = await adminUsage(admin, `groupBy=user&limit=${limit}${page}`);
      keys.push(...rows.map(({ key }) => key));
      cursor = nextCursor;
    } while (cursor !== null);
    expect(keys).toEqual([...USERS]);
  });

  test('is for administrators alone', async () => {
    for (const path of ['/api/mcp/admin/usage', '/api/mcp/admin/usage?userId=ann'])
      expect(await restOf('ann').get(path)).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
    expect(await new RestClient(app.url).get('/api/mcp/usage')).toMatchObject({ status: 401 });
    expect(await restOf('ann', ['stranger']).get('/api/mcp/usage')).toMatchObject({ status: 403 });
  });
});

describe('a report', () => {
  test('has the days from the first one to before the last one', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const day = (offset: number) => new Date(Date.parse(today) + offset * 86_400_000).toISOString().slice(0, 10);
    const requests = async (from: number, to: number) =>
      (await ownUsage(restOf('ann'), `from=${day(from)}&to=${day(to)}`)).total.requests;
    // both users began within the same minute, which may have been before midnight
    expect(await requests(-1, 1)).toBe(13);
    expect(await requests(1, 3)).toBe(0);
    expect(await requests(-9, -1)).toBe(0);
    expect(await ownUsage(restOf('ann'))).toMatchObject({ from: day(-29), to: day(1), groupBy: 'day' });
  });

  test('of somebody who asked for nothing is empty', async () => {
    expect(await ownUsage(restOf('newcomer'))).toMatchObject({
      rows: [],
      nextCursor: null,
      total: { requests: 0, credits: 0 },
    });
  });

  test.each([
    ['from=2026-02-30', 'from'],
    ['from=yesterday', 'from'],
    ['from=2026-11-01T00:00:00Z', 'from'],
    ['from=0000-01-01', 'from'],
    ['to=2026-13-01', 'to'],
    ['from=2026-11-02&to=2026-11-02', 'from'],
    ['from=2024-01-01&to=2026-01-01', 'from'],
    ['from=2026-01-01&from=2026-01-02', 'from'],
    ['groupBy=user', 'groupBy'],
    ['groupBy=', 'groupBy'],
    ['format=xml', 'format'],
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['cursor=x', 'cursor'],
    ['cursor=YWZ0ZXI6AA', 'cursor'],
    ['format=csv&cursor=YWZ0ZXI6YQ', 'cursor'],
    ['userId=bob', 'userId'],
  ])('is refused for ?%s, naming the field', async (query, field) => {
    const { status, body } = await restOf('ann').get(`/api/mcp/usage?${query}`);
    expect([status, body.error?.code, body.error?.details?.fields?.[0]?.field]).toEqual([
      400,
      'VALIDATION_ERROR',
      field,
    ]);
  });

  test('agrees with the entries of the account', async () => {
    const { body } = await restOf('bob').get<EntriesResponse>('/api/mcp/credits/entries?limit=200');
    const charged = body.entries.filter(({ kind }) => kind === 'charge').reduce((sum, { amount }) => sum - amount, 0);
    expect((await ownUsage(restOf('bob'))).total.credits).toBeCloseTo(charged, 6);
  });
});
