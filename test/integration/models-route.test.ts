import type { ModelResponse, ModelsResponse } from '../../src/catalogue/models.dto.js';
import { ConnectionLimits } from '../../src/limits/connection-limits.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { RestClient, type RestAnswer } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';

const PATH = '/api/mcp/models';
let gateway: TestApp;
const list = (query = '', app = gateway): Promise<RestAnswer<ModelsResponse>> =>
  new RestClient(app.url, app.token('alice')).get<ModelsResponse>(PATH + query);
const idsOf = ({ body }: RestAnswer<ModelsResponse>) => body.models.map(({ id }) => id);
const named = ({ body }: RestAnswer<ModelsResponse>, name: string): ModelResponse =>
  body.models.find(({ id }) => id === name)!;

const CHAT = { type: 'chat', messages: [{ role: 'user', content: 'hi' }] };

/** Asks whoever has the model, and nobody else unless `fields` say so. */
async function ask(model: string, id: string, fields: object = {}, app = gateway) {
  const client = await connect(app.wsUrl, app.token('alice'));
  const end = await client.ask({ id, ...CHAT, provider: 'auto', model, stream: false, fallback: false, ...fields });
  await client.close();
  return end;
}

describe('the models', () => {
  beforeAll(async () => {
    gateway = await startTestApp();
  });
  afterAll(() => gateway.close());

  test('have exact prices in credits and dollars, limits, capabilities, providers and stand-ins', async () => {
    const rates = (input: string, output: string) => ({
      input,
      cachedInput: input,
      cacheWrite: input,
      cacheWriteHour: input,
      output,
    });
    const { status, body } = await list('?search=gpt-4-0613');
    expect(status).toBe(200);
    expect(body).toEqual({
      providers: [
        { id: 'openai', available: true, breaker: 'closed', cooldownMs: 0 },
        { id: 'claude', available: true, breaker: 'closed', cooldownMs: 0 },
      ],
      models: [
        {
          id: 'gpt-4-0613',
          family: false,
          aliasOf: [],
          type: 'chat',
          available: true,
          deprecated: false,
          contextTokens: 8192,
          maxOutputTokens: 4096,
          capabilities: expect.arrayContaining(['tools']),
          providers: [
            {
              provider: 'openai',
              model: 'gpt-4-0613',
              priceSource: 'genai-prices',
              prices: [{ fromInputTokens: 0, credits: rates('60000', '120000'), usd: rates('30', '60') }],
            },
          ],
          standIns: [{ provider: 'claude', model: 'claude-sonnet-5' }],
        },
      ],
      videos: [],
    });
  });

  test('stand beside those that make videos, with what a second costs', async () => {
    const { body } = await list();
    const { videos } = body as { videos: { provider: string; model: string; operation: string; formats: object[] }[] };
    const sora = videos.find(({ model, operation }) => model === 'sora-2' && operation === 'text-to-video');
    expect(sora).toMatchObject({ provider: 'sora', seconds: expect.arrayContaining([4, 8]) });
    expect(sora!.formats).toContainEqual({
      ...{ resolution: '720p', aspectRatio: '16:9', width: 1280, height: 720 },
      ...{ usdPerSecond: '0.10', creditsPerSecond: '200' },
    });
  });

  test('have a rate for each class of tokens, in each tier', async () => {
    const [offer] = named(await list(), 'claude-sonnet-4-5').providers;
    expect(offer).toMatchObject({
      provider: 'claude',
      prices: [
        {
          fromInputTokens: 0,
          usd: { input: '3', cachedInput: '0.3', cacheWrite: '3.75', cacheWriteHour: '6', output: '15' },
        },
        { fromInputTokens: 200_001, usd: { input: '6', cachedInput: '0.6', output: '22.5' } },
      ],
    });
  });

  test('are in a stable order, each once, dated names among them', async () => {
    const ids = idsOf(await list());
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids).toEqual(expect.arrayContaining(['gpt-4o', 'gpt-4o-2024-11-20', 'claude-opus-4-20250514']));
    expect(idsOf(await list())).toEqual(ids);
  });

  test('are only those that a text request can use, each spelled in one way', async () => {
    const ids = idsOf(await list());
    for (const unusable of ['whisper-1', 'gpt-realtime', 'gpt-image-1', 'gpt-4o-mini-tts', 'ft:gpt-4o', 'gpt-5-1'])
      expect([unusable, ids.includes(unusable)]).toEqual([unusable, false]);
  });

  test('that are retired say so', async () => {
    expect(named(await list(), 'claude-v1').deprecated).toBe(true);
  });

  test('that embed are marked, have no answer to limit, and nobody stands in for them', async () => {
    const answer = await list('?type=embedding');
    expect(answer.body.models.length).toBeGreaterThan(0);
    for (const model of answer.body.models)
      expect(model).toMatchObject({ type: 'embedding', maxOutputTokens: null, capabilities: [], standIns: [] });
    expect(idsOf(answer)).toContain('text-embedding-3-small');
    expect(idsOf(await list('?type=chat'))).not.toContain('text-embedding-3-small');
  });

  test('are what requests are served with: none of a sample is refused as unknown', async () => {
    const ids = idsOf(await list());
    const sample = ids.filter((_, index) => index % 12 === 0);
    for (const id of sample) {
      const isChat = named(await list(), id).type === 'chat';
      const fields = isChat ? {} : { type: 'embedding', messages: undefined, prompt: 'hi' };
      expect([id, await ask(id, `sample ${id}`, fields)]).toEqual([
        id,
        expect.objectContaining({ type: 'completion', metadata: expect.objectContaining({ model: id }) }),
      ]);
    }
    expect(await ask('not-listed', 'not-listed')).toMatchObject({ error: { code: 'MODEL_NOT_FOUND' } });
  });

  test('are found by provider, capability and part of the name, in whatever case', async () => {
    const all = await list();
    const ofClaude = idsOf(await list('?provider=claude'));
    expect(ofClaude).toContain('claude-opus-5');
    expect(ofClaude.every((id) => named(all, id).providers[0]!.provider === 'claude')).toBe(true);
    const thinkers = idsOf(await list('?capability=reasoning&provider=openai'));
    expect(thinkers).toContain('o3');
    expect(thinkers).not.toContain('gpt-4o');
    const found = idsOf(await list('?search=SONNET-4'));
    expect(found).toEqual(idsOf(all).filter((id) => id.includes('sonnet-4')));
    expect(found.length).toBeGreaterThan(1);
    expect(idsOf(await list('?provider=nobody'))).toEqual([]);
  });

  test.each([
    ['?capability=flying', 'capability must be one of tools, '],
    ['?type=video', "type must be 'chat' or 'embedding'"],
    ['?search=', 'search must be 1 to 200 printable ASCII characters'],
    ['?serch=gpt', 'serch is no field'],
    ['?provider=a&provider=b', "provider must be a provider's name"],
  ])('can not be asked for by %s', async (query, message) => {
    const answer = await new RestClient(gateway.url, gateway.token('alice')).get(PATH + query);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_ERROR' } } });
    expect(answer.body.error!.message).toContain(message);
  });

  test('are not sent again to whoever has them', async () => {
    const first = await list('?search=gpt-4o');
    const etag = first.headers.get('etag')!;
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const again = async (known: string, query = '?search=gpt-4o') => {
      const headers = { authorization: `Bearer ${gateway.token('alice')}`, 'if-none-match': known };
      const response = await fetch(gateway.url + PATH + query, { headers });
      return { status: response.status, bytes: (await response.arrayBuffer()).byteLength };
    };
    expect(await again(etag)).toEqual({ status: 304, bytes: 0 });
    expect(await again(`"other", W/${etag}`)).toEqual({ status: 304, bytes: 0 });
    expect(await again('"other"')).toMatchObject({ status: 200 });
    expect(await again(etag, '?search=o3')).toMatchObject({ status: 200 });
  });

  test('are shown to whoever may use one of them', async () => {
    expect(await new RestClient(gateway.url).get(PATH)).toMatchObject({ status: 401 });
    expect(await new RestClient(gateway.url, gateway.token('eve', ['stranger'])).get(PATH)).toMatchObject({
      status: 403,
      body: { error: { code: 'FORBIDDEN' } },
    });
    expect(await new RestClient(gateway.url, gateway.token('batch', ['service'])).get(PATH)).toMatchObject({
      status: 200,
    });
  });

  test('are shown to one user so often, and to others all the same', async () => {
    const limits = gateway.app.get(ConnectionLimits, { strict: false });
    for (let asked = 0; asked < 500; asked++) await limits.assertQuestion('impatient');
    const refused = await new RestClient(gateway.url, gateway.token('impatient')).get(PATH);
    expect(refused).toMatchObject({
      status: 429,
      body: { error: { code: 'RATE_LIMIT_EXCEEDED', retryAfterMs: expect.any(Number) } },
    });
    expect(await list()).toMatchObject({ status: 200 });
  });
});

describe('the health of providers', () => {
  beforeEach(async () => {
    gateway = await startTestApp();
  });
  afterEach(() => gateway.close());

  test('shows a key that is limited at once, and until it may be used again', async () => {
    const before = await list();
    gateway.simulator.setFault({ fault: '429', wire: 'openai', count: 1, retryAfterSeconds: 3 });
    expect(await ask('gpt-4', 'limited', { fallback: true })).toMatchObject({ metadata: { provider: 'claude' } });
    const during = await list();
    const { cooldownMs, ...standing } = during.body.providers[0]!;
    expect(standing).toEqual({ id: 'openai', available: false, breaker: 'closed' });
    expect([1_000, 2_000, 3_000]).toContain(cooldownMs);
    expect(during.headers.get('etag')).not.toBe(before.headers.get('etag'));
    expect(named(during, 'gpt-4').available).toBe(false);
    expect(named(during, 'claude-opus-5').available).toBe(true);
    await eventually(async () => expect((await list()).body).toEqual(before.body), 5_000);
  });

  test('shows a provider that is down within a second', async () => {
    gateway.simulator.setFault({ fault: '503', wire: 'openai' });
    const client = await connect(gateway.wsUrl, gateway.token('alice'));
    const request = { ...CHAT, provider: 'openai', model: 'gpt-4', stream: true, fallback: false };
    await Promise.all(Array.from({ length: 10 }, (_, index) => client.ask({ ...request, id: `down-${index}` })));
    await eventually(async () => {
      const { body } = await list('?search=gpt-4');
      expect(body.providers[0]).toMatchObject({ id: 'openai', available: false, breaker: 'open' });
      expect(body.models.every(({ available }) => !available)).toBe(true);
    }, 1_000);
    await client.close();
  });
});

test('without a real provider the scripts of the simulated one are listed as a family', async () => {
  const app = await startTestApp({ OPENAI_API_KEY: undefined, ANTHROPIC_API_KEY: undefined });
  const answer = await list('?search=sim-', app);
  expect(answer.body.models).toMatchObject([
    { id: 'sim-*', family: true, available: true, providers: [{ provider: 'openai' }, { provider: 'claude' }] },
  ]);
  expect(await ask('sim-3-0ms', 'script', {}, app)).toMatchObject({ type: 'completion' });
  await app.close();
});
