import { randomUUID } from 'node:crypto';
import { GatewayConfiguration } from '../../src/config/gateway-config/gateway-configuration.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { startTestApp, type TestApp, type TestVariables } from '../support/app.js';
import { ConfigFile } from '../support/config-file.js';
import { eventually } from '../support/eventually.js';
import { json, ProviderServer } from '../support/provider-server.js';
import { RestClient, type RestBody } from '../support/rest-client.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';

interface Listed extends RestBody {
  models: { id: string }[];
}

/** How often a simulated provider was asked, on either wire. */
const callsOf = (simulator: Simulator) =>
  Object.values(simulator.stats().byWire).reduce((sum, { requests }) => sum + requests, 0);

describe('routing by configuration', () => {
  let first: Simulator;
  let second: Simulator;
  let file: ConfigFile;
  let gateway: TestApp;
  let client: SocketClient;

  beforeEach(async () => {
    [first, second] = await Promise.all([startSimulator({ gapMs: 1 }), startSimulator({ gapMs: 1 })]);
  });
  afterEach(async () => {
    await client?.close();
    await gateway?.close();
    file?.remove();
    await Promise.all([first.close(), second.close()]);
  });

  async function start(config: string, variables: TestVariables = {}): Promise<void> {
    file = new ConfigFile(config);
    gateway = await startTestApp({
      OPENAI_API_KEY: undefined,
      ANTHROPIC_API_KEY: undefined,
      GATEWAY_CONFIG: file.path,
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
      ...variables,
    });
    client = await connect(gateway.wsUrl, gateway.token('alice'));
  }

  /** Resolves when it is in force. */
  async function reload(config: string): Promise<void> {
    const configuration = gateway.app.get(GatewayConfiguration);
    const { inForce } = configuration;
    file.replace(config);
    await eventually(() => expect(configuration.inForce).not.toBe(inForce));
  }

  function ask(fields: Record<string, unknown>): Promise<Frame> {
    return client.ask({
      id: randomUUID(),
      type: 'chat',
      provider: 'auto',
      messages: [{ role: 'user', content: 'hi [[sim chunks=3 gap=1]]' }],
      stream: true,
      ...fields,
    });
  }

  const twoKeys = () => `
providers:
  openai:
    baseUrl: ${first.url}/v1
    deployments:
      - {name: a, apiKey: key-a}
      - {name: b, apiKey: key-b, baseUrl: '${second.url}/v1', weight: 0}`;

  it('tries the next key at once where one is limited, and leaves that one alone', async () => {
    await start(twoKeys());
    first.setFault({ fault: '429', retryAfterSeconds: 30 });
    const begunMs = performance.now();
    expect(await ask({ model: 'gpt-4o' })).toMatchObject({
      type: 'done',
      metadata: { provider: 'openai', model: 'gpt-4o', attempts: 2 },
    });
    expect(performance.now() - begunMs).toBeLessThan(5_000); // not the 30 s that the first one asks for
    for (let count = 0; count < 4; count++) await ask({ model: 'gpt-4o' });
    expect([callsOf(first), callsOf(second)]).toEqual([1, 5]);
    const { body } = await new RestClient(gateway.url).get('/health/ready');
    expect(body).toMatchObject({
      status: 'degraded',
      details: { providers: { 'openai/a': { status: 'degraded' }, 'openai/b': { status: 'up', cooldownMs: 0 } } },
    });
  });

  it('shares requests between the keys of a provider by their weights', async () => {
    await start(twoKeys().replace('weight: 0', 'weight: 3'));
    for (let count = 0; count < 40; count++) await ask({ model: 'gpt-4o' });
    expect(callsOf(first) + callsOf(second)).toBe(40);
    expect(callsOf(first)).toBeGreaterThan(0); // 0.75^40: once in a hundred thousand runs
    expect(callsOf(second)).toBeGreaterThan(callsOf(first));
  });

  const several = () => `
providers:
  groq:
    wire: openai
    baseUrl: ${first.url}/v1
    apiKey: k
    models: ['llama-*', 'sim-*']
  anthropic-like:
    wire: anthropic
    baseUrl: ${second.url}
    apiKey: k
    models: ['claude-*']
    capabilities: {tools: false}
aliases:
  fast: groq:llama-3.1-8b
models:
  'llama-*':
    fallbacks: ['claude-haiku-4-5']
    contextFallbacks: ['claude-opus-5']
    contentFilterFallbacks: ['anthropic-like:claude-sonnet-5']
    price: {input: 0.05, output: '0.08'}
  'sim-*': {fallbacks: []}`;

  it('serves providers without code, by wildcards and aliases; the answer names who really answered', async () => {
    await start(several());
    expect(await ask({ model: 'fast' })).toMatchObject({
      type: 'done',
      metadata: { provider: 'groq', model: 'llama-3.1-8b' },
    });
    expect(await ask({ model: 'claude-haiku-4-5', provider: 'anthropic-like' })).toMatchObject({
      metadata: { provider: 'anthropic-like', model: 'claude-haiku-4-5' },
    });
    expect(await ask({ model: 'qwen' })).toMatchObject({ error: { code: 'MODEL_NOT_FOUND' } });
  });

  it('takes of an alias what there is: members that nobody can answer or that have no price are passed over', async () => {
    const openai = `providers: {openai: {apiKey: k, baseUrl: '${first.url}/v1'}}\n`;
    const alone = { DEFAULT_PRICE_USD_PER_MTOK: undefined };
    await start(`${openai}aliases: {smart: [claude-sonnet-4-5, gpt-4.1, gpt-4o]}\n`, alone);
    expect(await ask({ model: 'smart' })).toMatchObject({ metadata: { provider: 'openai', model: 'gpt-4.1' } });
    const listed = async () => {
      const { body } = await new RestClient(gateway.url, gateway.token('alice')).get<Listed>('/api/mcp/models');
      return body.models.some(({ id }) => id === 'smart');
    };
    expect(await listed()).toBe(true);
    await reload(`${openai}aliases: {smart: claude-sonnet-4-5}\n`);
    const { error } = await ask({ model: 'smart' });
    expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect(error!.message).toContain("No price is known for 'claude-sonnet-4-5', which 'smart' stands for");
    expect(await listed()).toBe(false);
  });

  it('sends a server that asks for no key none, and the headers that are configured', async () => {
    const server = await ProviderServer.start();
    server.willAnswer(json(200, {}), json(200, {}));
    await start(`
providers:
  ollama: {wire: openai, baseUrl: '${server.url}/v1', headers: {x-team: blue}}
  claude-like: {wire: anthropic, baseUrl: '${server.url}'}`);
    await ask({ model: 'qwen3:8b', provider: 'ollama', fallback: false });
    await ask({ model: 'qwen3:8b', provider: 'claude-like', fallback: false });
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/chat/completions', '/v1/messages']);
    expect(server.requests[0]!.headers).toMatchObject({ 'x-team': 'blue' });
    for (const { headers } of server.requests) {
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('x-api-key');
    }
    await server.close();
  });

  it('charges the configured price, to the last digit', async () => {
    await start(several());
    const content = 'x [[sim prompt=100 completion=50 chunks=5]]';
    const { usage } = await ask({ model: 'llama-3.3', messages: [{ role: 'user', content }] });
    // (100 × 0.05 + 50 × 0.08) / 1,000,000 dollars × 2,000 credits
    expect(usage).toMatchObject({ promptTokens: 100, completionTokens: 50, credits: 0.018 });
  });

  it('serves models that cost nothing', async () => {
    await start(`${several()}\n  'llama-free': {price: {input: 0, output: 0}}`);
    expect(await ask({ model: 'llama-free' })).toMatchObject({ type: 'done', usage: { credits: 0 } });
    const rest = new RestClient(gateway.url, gateway.token('alice'));
    const { body } = await rest.get<{ models: { id: string }[] }>('/api/mcp/models');
    expect(body.models.find(({ id }) => id === 'llama-free')).toMatchObject({ providers: [{ provider: 'groq' }] });
  });

  it('falls back as configured, and for what a model refuses to what is configured for that', async () => {
    await start(several());
    const answeredBy = async () => (await ask({ model: 'llama-3.3' })).metadata?.model;
    first.setFault({ fault: '503' });
    expect(await answeredBy()).toBe('claude-haiku-4-5');
    first.setFault({ fault: 'context' });
    expect(await answeredBy()).toBe('claude-opus-5');
    first.setFault({ fault: 'filter-400' });
    expect(await answeredBy()).toBe('claude-sonnet-5');
    expect(await ask({ model: 'llama-3.3', fallback: false })).toMatchObject({ error: { code: 'CONTENT_FILTERED' } });
    expect(await ask({ model: 'sim-3-1ms' })).toMatchObject({ error: { code: 'CONTENT_FILTERED' } });
  });

  it('takes the similar model where the one that is named is gone', async () => {
    await start(twoKeys());
    first.setFault({ fault: '404', model: 'gpt-4o-2024-08-06' });
    second.setFault({ fault: '404', model: 'gpt-4o-2024-08-06' });
    expect(await ask({ model: 'gpt-4o-2024-08-06' })).toMatchObject({
      type: 'done',
      metadata: { provider: 'openai', model: 'gpt-4o', attempts: 3 },
    });
    expect(await ask({ model: 'gpt-4o-2024-08-06', fallback: false })).toMatchObject({
      error: { code: 'MODEL_NOT_FOUND' },
    });
  });

  it('refuses a provider that is not configured, and names those that are', async () => {
    await start(several());
    expect(await ask({ model: 'fast', provider: 'grok' })).toMatchObject({
      error: {
        code: 'VALIDATION_ERROR',
        message:
          "provider 'grok' is not configured here; did you mean 'groq'? allowed: 'auto', 'groq', 'anthropic-like'.",
        details: { fields: [{ field: 'provider' }] },
      },
    });
  });

  it('never sends a request to a model that lacks what it needs, and says who could', async () => {
    await start(several());
    const tools = [{ name: 'now', parameters: { type: 'object', properties: {} } }];
    const refused = await ask({ model: 'claude-haiku-4-5', tools });
    expect(refused).toMatchObject({
      error: {
        code: 'VALIDATION_ERROR',
        message: "tools can't be used with 'claude-haiku-4-5', which takes no tools; one that does: fast.",
        details: { fields: [{ field: 'tools' }] },
      },
    });
    first.setFault({ fault: '503' });
    expect(await ask({ model: 'llama-3.3', tools })).toMatchObject({ error: { code: 'ALL_PROVIDERS_FAILED' } });
    expect(callsOf(second)).toBe(0);
  });

  it('asks the cheapest first, or the quickest, among those that have the model', async () => {
    const both = (routing: string) => `
providers:
  one: {wire: openai, baseUrl: '${first.url}/v1', apiKey: k, models: ['llama-*']}
  two: {wire: openai, baseUrl: '${second.url}/v1', apiKey: k, models: ['llama-*']}
models:
  'one:*': {price: {input: 1, output: 2}}
  'two:*': {price: {input: 1, output: 1.5}}
routing: ${routing}`;
    await start(both('{strategy: least-cost}'));
    expect(await ask({ model: 'llama-3' })).toMatchObject({ metadata: { provider: 'two' } });
    expect(await ask({ model: 'llama-3', provider: 'one' })).toMatchObject({ metadata: { provider: 'one' } });
    await reload(both('{strategy: weighted, weights: {one: 0}}'));
    for (let count = 0; count < 5; count++)
      expect(await ask({ model: 'llama-3' })).toMatchObject({ metadata: { provider: 'two' } });
    first.setFault({ fault: 'slow', delayMs: 300 });
    await reload(both('{strategy: least-latency}'));
    const answers: (string | undefined)[] = [];
    for (let count = 0; count < 12; count++) answers.push((await ask({ model: 'llama-3' })).metadata?.provider);
    expect(answers.filter((provider) => provider === 'two').length).toBeGreaterThanOrEqual(9); // one in twenty explores
  });

  it('sends a model no more requests at once than it may have', async () => {
    await start(`${several()}\n  'llama-big': {concurrency: 1}`);
    const content = 'x [[sim chunks=20 gap=10]]';
    const models = { first: 'llama-big', second: 'llama-big', other: 'llama-small' };
    await Promise.all(
      Object.entries(models).map(([id, model]) =>
        ask({ id, model, provider: 'groq', messages: [{ role: 'user', content }] }),
      ),
    );
    const chunks = client.received.filter(({ type }) => type === 'chunk').map(({ id }) => id);
    const before = (id: string) => chunks.slice(0, chunks.indexOf(id)).filter((each) => each === 'first').length;
    expect(before('second')).toBeGreaterThan(10); // the last ones may still be on their way when the provider is done
    expect(before('other')).toBeLessThan(10);
  });
});
