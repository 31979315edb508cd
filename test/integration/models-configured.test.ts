import type { EstimateResponse } from '../../src/catalogue/estimate.dto.js';
import type { ModelResponse, ModelsResponse } from '../../src/catalogue/models.dto.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { ConfigFile } from '../support/config-file.js';
import { eventually } from '../support/eventually.js';
import { RestClient, type RestAnswer } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';

let local: Simulator;
let file: ConfigFile;
let gateway: TestApp;

/** A server of one's own beside the vendors, with two keys. */
const config = (more = '') => `
providers:
  local:
    wire: openai
    baseUrl: ${local.url}/v1
    models: ['llama-*', 'tiny', 'nomic-embed-text', 'unpriced']
    deployments:
      - {name: a, apiKey: key-a}
      - {name: b, apiKey: key-b}
models:
  'llama-*': {price: {input: 0.1, output: '0.123456789'}}
  tiny: {price: {input: 0, output: 0}, capabilities: {tools: true, contextTokens: 2048, maxOutputTokens: 1024}}
  nomic-embed-text: {price: {input: 0.01, output: 0}, capabilities: {embeddings: true}}
  gpt-4o: {price: {input: 7, output: 9}, fallbacks: [tiny]}
aliases:
  fast: [local:tiny, gpt-4o-mini]
  vectors: nomic-embed-text
${more}`;

beforeEach(async () => {
  local = await startSimulator({ gapMs: 1 });
  file = new ConfigFile(config());
  gateway = await startTestApp({ GATEWAY_CONFIG: file.path });
});
afterEach(async () => {
  await gateway.close();
  file.remove();
  await local.close();
});

const rest = () => new RestClient(gateway.url, gateway.token('alice'));
const list = (query = ''): Promise<RestAnswer<ModelsResponse>> => rest().get<ModelsResponse>(`/api/mcp/models${query}`);
const named = ({ body }: RestAnswer<ModelsResponse>, name: string): ModelResponse | undefined =>
  body.models.find(({ id }) => id === name);

test('configured models are listed with their own prices and abilities, patterns as families, aliases with what they mean', async () => {
  const models = await list();
  const usd = (input: string, output: string) => [{ usd: { input, cachedInput: input, output } }];
  expect(named(models, 'llama-*')).toMatchObject({
    family: true,
    providers: [{ provider: 'local', model: 'llama-*', priceSource: 'override', prices: usd('0.1', '0.123456789') }],
  });
  expect(named(models, 'llama-*')!.providers[0]!.prices[0]!.credits.output).toBe('246.913578');
  expect(named(models, 'tiny')).toMatchObject({
    family: false,
    aliasOf: [],
    contextTokens: 2048,
    maxOutputTokens: 1024,
    capabilities: expect.arrayContaining(['tools']),
    providers: [{ provider: 'local', prices: usd('0', '0') }],
  });
  expect(named(models, 'nomic-embed-text')).toMatchObject({ type: 'embedding', standIns: [] });
  expect(named(models, 'unpriced')).toBeUndefined();
  expect(named(models, 'gpt-4o')).toMatchObject({
    contextTokens: 128_000,
    providers: [{ provider: 'openai', priceSource: 'override', prices: usd('7', '9') }],
    standIns: [{ provider: 'local', model: 'tiny' }],
  });
  expect(named(models, 'fast')).toMatchObject({
    aliasOf: ['local:tiny', 'gpt-4o-mini'],
    type: 'chat',
    providers: [
      { provider: 'local', model: 'tiny', prices: usd('0', '0') },
      { provider: 'openai', model: 'gpt-4o-mini', priceSource: 'genai-prices' },
    ],
  });
  expect(named(models, 'vectors')).toMatchObject({ aliasOf: ['nomic-embed-text'], type: 'embedding' });
});

test('an alias is estimated as what it stands for', async () => {
  const body = {
    type: 'chat',
    provider: 'auto',
    model: 'fast',
    stream: true,
    messages: [{ role: 'user', content: 'x' }],
  };
  const { body: told } = await rest().post<EstimateResponse>('/api/mcp/estimate', body);
  expect(told).toMatchObject({ model: 'tiny', provider: 'local', outputLimit: 1024, price: { inputUsdPerMtok: 0 } });
  expect(told.chain.slice(0, 2)).toEqual([
    { provider: 'local', model: 'tiny', available: true },
    { provider: 'openai', model: 'gpt-4o-mini', available: true },
  ]);
});

test('a provider is available as long as one of its keys is, and listed once', async () => {
  local.setFault({ fault: '429', count: 1, retryAfterSeconds: 30 });
  const client = await connect(gateway.wsUrl, gateway.token('alice'));
  const messages = [{ role: 'user', content: 'x' }];
  const request = { type: 'chat', provider: 'local', model: 'tiny', stream: false, fallback: false, messages };
  expect(await client.ask({ ...request, id: 'limited' })).toMatchObject({ metadata: { attempts: 2 } });
  const standing = async () => (await list()).body.providers.filter(({ id }) => id.startsWith('local'));
  expect(await standing()).toEqual([{ id: 'local', available: true, breaker: 'closed', cooldownMs: 0 }]);
  local.setFault({ fault: '429', count: 1, retryAfterSeconds: 30 });
  const { error } = await client.ask({ ...request, id: 'limited again' });
  expect(error).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
  expect(await standing()).toMatchObject([{ id: 'local', available: false }]);
  expect(named(await list(), 'fast')!.available).toBe(true);
  await client.close();
});

test('the list follows the configuration while the gateway runs', async () => {
  const before = await list('?search=brand-new');
  expect(before.body.models).toEqual([]);
  file.replace(config('  brand-new: gpt-4o-mini'));
  await eventually(async () => {
    const after = await list('?search=brand-new');
    expect(after.body.models).toMatchObject([{ id: 'brand-new', aliasOf: ['gpt-4o-mini'] }]);
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
  });
});
