import { randomUUID } from 'node:crypto';
import type { EntriesResponse } from '../../src/account/credits.dto.js';
import type { ReceiptResponse } from '../../src/account/receipt.dto.js';
import { AccountsService } from '../../src/billing/accounts/accounts.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame } from '../support/socket-client.js';

const EXAMPLE = '[[sim prompt=150 completion=300 gap=0]]';
let app: TestApp;
const restOf = (user: string, roles?: string[]) => new RestClient(app.url, app.token(user, roles));

async function chat(user: string, id: string, content: string, more: object = {}): Promise<Frame> {
  const client = await connect(app.wsUrl, app.token(user));
  const messages = [{ role: 'user', content }];
  const frame = await client.ask({
    id,
    type: 'chat',
    provider: 'auto',
    model: 'gpt-4',
    messages,
    stream: true,
    ...more,
  });
  await client.close();
  return frame;
}

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('the credits of an account', () => {
  test('are exact after the example of the specification: gpt-4 with 150 and 300 tokens costs 45', async () => {
    await chat('alice', 'example', EXAMPLE);
    const { body, headers } = await restOf('alice').get('/api/mcp/credits');
    expect(body).toEqual({ balance: 9955, held: 0, available: 9955 });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('are the signup credits for a user seen for the first time', async () => {
    expect((await restOf('newcomer').get('/api/mcp/credits')).body).toEqual({
      balance: 10_000,
      held: 0,
      available: 10_000,
    });
  });

  test('are shown to nobody without a token, or whose roles give nothing', async () => {
    expect(await new RestClient(app.url).get('/api/mcp/credits')).toMatchObject({ status: 401 });
    expect(await restOf('alice', ['stranger']).get('/api/mcp/credits')).toMatchObject({
      status: 403,
      body: { error: { code: 'FORBIDDEN' } },
    });
  });
});

describe('the entries of an account', () => {
  const path = '/api/mcp/credits/entries';
  const grants = 7;
  beforeAll(async () => {
    const accounts = app.app.get(AccountsService, { strict: false });
    for (let number = 1; number <= grants; number++) {
      const grant = { userId: 'pager', amount: BigInt(number), idempotencyKey: `g${number}`, meta: { reason: 'r' } };
      await accounts.grant(grant);
    }
  });

  test('are signed: their amounts add up to the balance', async () => {
    await chat('signed', 'signed-1', EXAMPLE);
    const { body } = await restOf('signed').get<EntriesResponse>(path);
    expect(body).toEqual({
      entries: [
        {
          seq: 2,
          kind: 'charge',
          amount: -45,
          balanceAfter: 9955,
          reference: 'signed-1',
          reason: null,
          createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        },
        expect.objectContaining({ seq: 1, kind: 'grant', amount: 10_000, reference: 'signup', reason: 'signup' }),
      ],
      nextCursor: null,
    });
  });

  test.each([1, 2, 3, 7, 8])('are each on one page of %d, newest first, micro-credits exact', async (limit) => {
    const amounts: number[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 10; pages++) {
      const query: string = cursor === '' ? `?limit=${limit}` : `?limit=${limit}&cursor=${cursor}`;
      const { body } = await restOf('pager').get<EntriesResponse>(path + query);
      amounts.push(...body.entries.map(({ amount }) => amount));
      cursor = body.nextCursor;
    }
    expect(amounts).toEqual([7e-6, 6e-6, 5e-6, 4e-6, 3e-6, 2e-6, 1e-6]);
  });

  test('of an account that has none are an empty page', async () => {
    expect((await restOf('nobody').get(path)).body).toEqual({ entries: [], nextCursor: null });
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=', 'cursor'],
    ['cursor=%00', 'cursor'],
    ['cursor=YmVmb3JlOjA', 'cursor'],
    ['cursor=YmVmb3JlOjI%3D', 'cursor'],
    ['cursor=a&cursor=b', 'cursor'],
    ['page=2', 'page'],
  ])('are refused for ?%s, naming the field', async (query, field) => {
    const { status, body } = await restOf('pager').get(`${path}?${query}`);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'VALIDATION_ERROR', details: { fields: [{ field }] } });
  });
});

describe('a receipt', () => {
  const receipt = (user: string, id: string) =>
    restOf(user).get<ReceiptResponse>(`/api/mcp/requests/${encodeURIComponent(id)}`);

  test('says what an answer used and cost', async () => {
    const id = `an id with spaces / and a slash ${randomUUID()}`;
    const done = await chat('receiver', id, EXAMPLE);
    const { status, body } = await receipt('receiver', id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      type: 'chat',
      status: 'settled',
      model: 'gpt-4',
      provider: 'openai',
      price: { source: 'genai-prices', inputUsdPerMtok: 30, outputUsdPerMtok: 60 },
      usage: { promptTokens: 150, completionTokens: 300, totalTokens: 450 },
      usageSource: 'provider',
      attempts: [{ provider: 'openai', model: 'gpt-4', outcome: 'answered' }],
      charge: 45,
      shortfall: 0,
      balanceAfter: done.balance,
      finishReason: 'stop',
      error: null,
    });
    expect(body.hold).toBeGreaterThanOrEqual(45);
    expect(Date.parse(body.closedAt!)).toBeGreaterThanOrEqual(Date.parse(body.createdAt));
  });

  test('tells every attempt, and the model that really answered', async () => {
    await chat('failover', 'f-1', `${EXAMPLE.slice(0, -2)} fault=503 wire=openai]]`);
    const { body } = await receipt('failover', 'f-1');
    expect(body.provider).toBe('claude');
    expect(body.model).toMatch(/^claude-/);
    expect(body.attempts.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ['openai', 'server_error'],
      ['claude', 'answered'],
    ]);
  });

  test('of a request that failed everywhere costs nothing', async () => {
    await chat('unlucky', 'u-1', '[[sim fault=503]]');
    expect((await receipt('unlucky', 'u-1')).body).toMatchObject({
      status: 'released',
      charge: 0,
      balanceAfter: null,
      price: null,
      finishReason: 'error',
      error: 'ALL_PROVIDERS_FAILED',
      usage: { totalTokens: 0 },
    });
  });

  test('of a request that runs is pending', async () => {
    const client = await connect(app.wsUrl, app.token('runner'));
    const messages = [{ role: 'user', content: '[[sim completion=50 fault=stall after=1]]' }];
    client.send({ id: 'r-1', type: 'chat', provider: 'auto', model: 'gpt-4', messages, stream: true });
    await client.first('a chunk', ({ type }) => type === 'chunk');
    const { body } = await receipt('runner', 'r-1');
    expect(body).toMatchObject({ status: 'pending', model: 'gpt-4', usage: null, charge: null, closedAt: null });
    const credits = await restOf('runner').get('/api/mcp/credits');
    expect(credits.body).toEqual({ balance: 10_000, held: body.hold, available: 10_000 - body.hold });
    client.send({ id: 'r-1', cancel: true });
    await client.terminal('r-1');
    await client.close();
    expect((await receipt('runner', 'r-1')).body).toMatchObject({
      status: 'settled',
      finishReason: 'cancelled',
      error: 'CANCELLED',
      usageSource: 'estimated',
    });
  });

  test.each(['example', 'never-used', '%', 'ws:example', 'x'.repeat(129), '\0', 'é'])(
    "is not found for %j by somebody who didn't ask that",
    async (id) => {
      expect(await receipt('mallory', id)).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    },
  );
});
