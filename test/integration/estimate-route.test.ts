import { randomUUID } from 'node:crypto';
import { AccountsService } from '../../src/billing/accounts/accounts.service.js';
import type { EstimateResponse } from '../../src/catalogue/estimate.dto.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { pngOf } from '../support/images.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type SocketClient } from '../support/socket-client.js';

const PATH = '/api/mcp/estimate';
let gateway: TestApp;

const hello = [{ role: 'user', content: 'Hello' }];
const chat = { type: 'chat', provider: 'auto', model: 'gpt-4', stream: true, messages: hello };
const restOf = (user: string, roles?: string[]) => new RestClient(gateway.url, gateway.token(user, roles));
const accounts = () => gateway.app.get(AccountsService, { strict: false });

async function estimate(user: string, body: object, query = ''): Promise<EstimateResponse> {
  const answer = await restOf(user).post<EstimateResponse>(PATH + query, body);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function withSocket<T>(user: string, use: (client: SocketClient) => Promise<T>): Promise<T> {
  const client = await connect(gateway.wsUrl, gateway.token(user));
  return use(client).finally(() => client.close());
}

const ask = (user: string, body: object) => withSocket(user, (client) => client.ask({ id: randomUUID(), ...body }));

async function grant(userId: string, amount: bigint): Promise<void> {
  await accounts().grant({ userId, amount, idempotencyKey: 'test', meta: { reason: 'test' } });
}

describe('an estimate', () => {
  beforeAll(async () => {
    gateway = await startTestApp();
  });
  afterAll(() => gateway.close());

  test('says who would be asked, what would be held and what that covers', async () => {
    expect(await estimate('alice', chat, '?outputTokens=300')).toEqual({
      model: 'gpt-4',
      provider: 'openai',
      chain: [
        { provider: 'openai', model: 'gpt-4', available: true },
        { provider: 'openai', model: 'gpt-4.1', available: true, onlyAfter: 'model_not_found' },
        { provider: 'claude', model: 'claude-sonnet-5', available: true },
      ],
      cached: false,
      promptTokens: 5,
      promptTokensBound: 37,
      outputLimit: 4096,
      holdAtFirst: 493.74, // 37 × 0.06 + 4096 × 0.12
      holdAtMost: 493.74,
      expected: 36.3, // 5 × 0.06 + 300 × 0.12
      price: expect.objectContaining({ source: 'genai-prices', inputUsdPerMtok: 30, outputUsdPerMtok: 60 }),
      available: 10_000,
      isCovered: true,
      isAccepted: true,
      reasons: [],
    });
  });

  test('holds, stores and sends nothing, and gives a new user nothing either', async () => {
    const before = gateway.simulator.stats().requests;
    await estimate('nobody-yet', chat);
    expect(await accounts().find('nobody-yet')).toBeUndefined();
    expect(await readLedger(gateway.databaseUrl, 'nobody-yet')).toMatchObject({ pendingHolds: 0, charges: 0 });
    expect(gateway.simulator.stats().requests).toBe(before);
  });

  test('grows to the longest answer where the first part is held at first', async () => {
    const alone = { ...chat, model: 'gpt-4o', fallback: false };
    const { holdAtFirst, holdAtMost, outputLimit } = await estimate('alice', alone);
    expect(outputLimit).toBe(16_384);
    expect(holdAtMost).toBeGreaterThan(holdAtFirst);
    const limited = await estimate('alice', { ...alone, maxTokens: 9_000 });
    expect(limited).toMatchObject({ outputLimit: 9_000, holdAtFirst: limited.holdAtMost });
  });

  test('of an embedding has no output', async () => {
    const body = { type: 'embedding', provider: 'auto', model: 'text-embedding-3-small', stream: false, prompt: 'a b' };
    expect(await estimate('alice', body, '?outputTokens=50')).toMatchObject({
      chain: [{ provider: 'openai', model: 'text-embedding-3-small' }],
      outputLimit: 0,
      promptTokens: 2,
      holdAtFirst: 0.00076, // 19 × 0.00004
      holdAtMost: 0.00076,
      expected: 0.00008,
    });
  });

  test('takes the frame as it is, id and lastSeq too', async () => {
    const { id: _id, ...plain } = { ...(await estimate('alice', chat)), id: 'x' };
    expect(await estimate('alice', { ...chat, id: 'x', lastSeq: 0 })).toEqual(plain);
  });

  test.each([
    { ...chat, maxTokens: 0, stream: 'yes' },
    { ...chat, messages: [{ role: 'user', content: 5 }, 7] },
    { ...chat, maxTokes: 5 },
    { ...chat, type: 'subscribe' },
    { ...chat, prompt: 'both' },
    { ...chat, id: '' },
    { ...chat, model: 'nobody-knows' },
    { ...chat, provider: 'claude', type: 'embedding', messages: undefined, prompt: 'x', fallback: false },
  ])('is refused as the request would be: %j', async (body) => {
    const { error } = await withSocket('alice', async (client) => {
      client.send({ id: 'refused', ...body });
      return client.first('the refusal', ({ type }) => type === 'error');
    });
    const { status, body: answer } = await restOf('alice').post(PATH, body);
    const { retryable: _retryable, ...expected } = error!;
    if (body.type !== 'subscribe') expect(answer.error).toEqual(expected);
    expect([400, 404]).toContain(status);
  });

  test.each(['null', '[]', '5', '"text"', '{'])('is not made of %s', async (body) => {
    const answer = await restOf('alice').ask('POST', PATH, body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_ERROR' } } });
  });

  test.each(['-1', '1.5', '1e3', '', 'many', '1000001'])('is not made for %j output tokens', async (tokens) => {
    const answer = await restOf('alice').post(`${PATH}?outputTokens=${tokens}`, chat);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_ERROR' } } });
  });

  test('is made for whoever may send the request', async () => {
    expect(await new RestClient(gateway.url).post(PATH, chat)).toMatchObject({ status: 401 });
    expect(await restOf('eve', ['stranger']).post(PATH, chat)).toMatchObject({
      status: 403,
      body: { error: { code: 'FORBIDDEN' } },
    });
  });

  test('is made of a request as large as a frame may be, with its images', async () => {
    const prompt = 'A word. '.repeat(100_000);
    const image = { type: 'image', data: pngOf(512, 512), mediaType: 'image/png' };
    const messages = [{ role: 'user', content: [{ type: 'text', text: prompt }, image] }];
    const told = await estimate('alice', { ...chat, model: 'gpt-4o', messages });
    expect(told.promptTokensBound).toBeGreaterThan(800_000);
    expect(told.promptTokens).toBeGreaterThan(200_000);
    expect(told).toMatchObject({ isAccepted: true, isCovered: true });
    const tooLarge = JSON.stringify({ ...chat, messages: [{ role: 'user', content: 'x'.repeat(16 * 1024 * 1024) }] });
    expect(await restOf('patient').ask('POST', PATH, tooLarge)).toMatchObject({
      status: 413,
      body: { error: { code: 'PAYLOAD_TOO_LARGE' } },
    });
  });

  test('counts for more the larger it is', async () => {
    const large = { ...chat, messages: [{ role: 'user', content: 'x'.repeat(15 * 1024 * 1024) }] };
    const answers = await Promise.all(Array.from({ length: 3 }, () => restOf('keen').post(PATH, large)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
  });

  test('is refused where it is nested too deeply', async () => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    const body = `${JSON.stringify(chat).slice(0, -1)},"tools":[{"name":"f","parameters":${deep}}]}`;
    const { status, body: answer } = await restOf('alice').ask('POST', PATH, body);
    expect([status, answer.error]).toEqual([
      400,
      expect.objectContaining({ code: 'VALIDATION_ERROR', message: 'The request is nested too deeply.' }),
    ]);
  });

  test('says that an account is frozen', async () => {
    await grant('frozen', 10n ** 10n);
    await accounts().freeze('frozen', 'test');
    expect(await estimate('frozen', chat)).toMatchObject({
      isAccepted: false,
      isCovered: false,
      reasons: ['account_frozen'],
    });
  });

  test('says that an answer is kept, and free', async () => {
    const body = { ...chat, model: 'gpt-4o-mini', stream: false, cache: true };
    expect(await estimate('cacher', body)).toMatchObject({ cached: false });
    expect(await ask('cacher', body)).toMatchObject({ type: 'completion' });
    expect(await estimate('cacher', body, '?outputTokens=10')).toMatchObject({
      cached: true,
      holdAtFirst: 0,
      holdAtMost: 0,
      expected: 0,
      price: { source: 'cache' },
      reasons: [],
    });
    expect(await ask('cacher', body)).toMatchObject({ usage: { credits: 0 } });
  });
});

test('an estimate says which providers would not be asked now', async () => {
  gateway = await startTestApp();
  gateway.simulator.setFault({ fault: '429', wire: 'openai', retryAfterSeconds: 30 });
  expect(await ask('alice', chat)).toMatchObject({ metadata: { provider: 'claude' } });
  expect(await estimate('alice', chat)).toMatchObject({
    chain: [{ available: false }, { available: false, onlyAfter: 'model_not_found' }, { available: true }],
    reasons: [],
  });
  expect(await estimate('alice', { ...chat, fallback: false, provider: 'openai' })).toMatchObject({
    chain: [{ provider: 'openai', available: false }],
    isAccepted: true,
    reasons: ['providers_unavailable'],
  });
  await gateway.close();
});
