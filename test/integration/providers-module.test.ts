import { Test } from '@nestjs/testing';
import { ConfigModule } from '../../src/config/config.module.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { ProviderRegistry } from '../../src/providers/provider-registry.js';
import { ProvidersModule } from '../../src/providers/providers.module.js';
import { json, page, ProviderServer } from '../support/provider-server.js';
import { readParts, rejection } from '../support/read-parts.js';

async function startWith(variables: Record<string, string>) {
  const environment = parseEnvironment({ NODE_ENV: 'test', ...variables });
  const imports = [ConfigModule.forRoot(environment), ProvidersModule];
  const module = await Test.createTestingModule({ imports }).compile();
  return { module: await module.init(), registry: module.get(ProviderRegistry) };
}

const idsOf = (registry: ProviderRegistry) => registry.all().map(({ id }) => id);
const request = (model: string) => ({
  model,
  messages: [{ role: 'user' as const, content: 'hi' }],
  maxOutputTokens: 64,
});
const signal = () => new AbortController().signal;

describe('ProvidersModule', () => {
  it('has the vendors that have credentials, and no others', async () => {
    const { module, registry } = await startWith({ ANTHROPIC_API_KEY: 'k' });
    expect(idsOf(registry)).toEqual(['claude']);
    await module.close();
    const both = await startWith({ OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' });
    expect(idsOf(both.registry)).toEqual(['openai', 'claude']);
    await both.module.close();
  });

  it('has none where none is configured and simulation is off', async () => {
    const { module, registry } = await startWith({ SIMULATED_PROVIDERS: 'false' });
    expect(idsOf(registry)).toEqual([]);
    await module.close();
  });

  it('calls each vendor at its configured address', async () => {
    const server = await ProviderServer.start();
    server.willAnswer(json(500, {}), page(500, 'text/plain', ''));
    const { module, registry } = await startWith({
      OPENAI_API_KEY: 'k',
      OPENAI_BASE_URL: `${server.url}/openai/v1`,
      ANTHROPIC_API_KEY: 'k',
      ANTHROPIC_BASE_URL: server.url,
    });
    for (const provider of registry.all()) {
      expect(await rejection(provider.endpoints[0]!.strategy.stream(request('m'), { signal: signal() }))).toMatchObject(
        {
          kind: 'server_error',
        },
      );
    }
    expect(server.requests.map(({ path }) => path)).toEqual(['/openai/v1/chat/completions', '/v1/messages']);
    await module.close();
    await server.close();
  });

  it('answers from simulated vendors where none is configured, until it is shut down', async () => {
    const { module, registry } = await startWith({});
    expect(idsOf(registry)).toEqual(['openai', 'claude']);
    for (const [id, model] of [
      ['openai', 'gpt-4o-mini'],
      ['claude', 'claude-haiku-4-5'],
    ] as const) {
      const { text, parts, error } = await readParts(
        await registry.get(id)!.endpoints[0]!.strategy.stream(request(model), { signal: signal() }),
      );
      expect(error).toBeUndefined();
      expect(text).not.toBe('');
      expect(parts.map(({ type }) => type)).toEqual(expect.arrayContaining(['usage', 'finish']));
    }
    const openai = registry.get('openai')!.endpoints[0]!.strategy;
    await module.close();
    expect(await rejection(openai.stream(request('gpt-4o-mini'), { signal: signal() }))).toMatchObject({
      kind: 'unreachable',
    });
  });
});
