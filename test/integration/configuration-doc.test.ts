import { readFileSync } from 'node:fs';
import { Test } from '@nestjs/testing';
import { parse } from 'yaml';
import { ConfigModule } from '../../src/config/config.module.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { readGatewayConfig } from '../../src/config/gateway-config/read-gateway-config.js';
import { ProviderRegistry } from '../../src/providers/provider-registry.js';
import { ProvidersModule } from '../../src/providers/providers.module.js';
import { VideoProviderRegistry } from '../../src/providers/video-provider-registry.js';
import { ConfigFile } from '../support/config-file.js';

const DOC = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
const SCHEMA = JSON.parse(
  readFileSync(new URL('../../contracts/gateway-config.schema.json', import.meta.url), 'utf8'),
) as Schema;

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  definitions?: Record<string, Schema>;
}

/** Every example, with the heading that it stands under. */
const examples = DOC.split(/^#+ /m).flatMap((section) => {
  const title = section.split('\n', 1)[0]!;
  return [...section.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) => ({ title, text: text! }));
});
/** Whatever the examples refer to, and the environment's own keys. */
const SOURCE = Object.fromEntries(
  [...DOC.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [
    name!,
    name!.endsWith('WEBHOOK_SECRET') ? `whsec_${'A'.repeat(32)}` : `value-of-${name}`,
  ]),
);
const ENVIRONMENT = {
  openai: { apiKey: 'o' },
  claude: { apiKey: 'c' },
  priority: ['openai', 'claude'],
  video: { providers: [], priority: [], hasMediaSecret: true },
};

/** The names of all settings, wherever they stand. */
function settingsOf(schema: Schema): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, each]) => [name, ...settingsOf(each)]);
  const of = (each: Schema | boolean | undefined) => (typeof each === 'object' ? settingsOf(each) : []);
  return [...own, ...of(schema.additionalProperties), ...of(schema.items)];
}
const settings = [
  ...new Set([...settingsOf(SCHEMA), ...Object.values(SCHEMA.definitions!).flatMap(settingsOf)]),
].filter((name) => name !== 'price' && name !== 'deadlines'); // named with what is in them

/** Both, whatever they hold; the second one says what both do. */
function merge(one: object, other: object): Record<string, object> {
  const sum = { ...one } as Record<string, object>;
  for (const [name, part] of Object.entries(other as Record<string, object>))
    sum[name] = sum[name] && isMapping(part) ? merge(sum[name], part) : part;
  return sum;
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('docs/configuration.md', () => {
  it('has an example for each of the usual servers', () => {
    expect(examples.map(({ title }) => title)).toEqual([
      'Ollama',
      'vLLM',
      'llama.cpp',
      'Gemini',
      'Groq',
      'OpenRouter',
      'Several keys and deployments of one provider',
      'Models',
      'Routing',
      'Roles',
      'Alerts',
      'Videos',
      'Videos',
    ]);
  });

  it.each(examples)('has an example of $title that can be used as it stands', ({ text }) => {
    const config = readGatewayConfig('example', text, SOURCE, ENVIRONMENT);
    type Named = Record<string, unknown>;
    const { providers = {}, videos } = parse(text) as { providers?: Named; videos?: { providers: Named } };
    expect(config.providers.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(providers)));
    expect(config.videoProviders.map(({ id }) => id)).toEqual(Object.keys(videos?.providers ?? {}));
    expect(config.warnings).toEqual([]);
  });

  it('says what every setting of the schema means', () => {
    const tables = DOC.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
    const named = new Set(tables.flatMap((line) => [...line.split('|')[1]!.matchAll(/\w+/g)].map(([name]) => name)));
    expect(settings.filter((name) => !named.has(name))).toEqual([]);
  });

  it('has examples whose models lead somewhere, all in one', async () => {
    const whole = examples.map(({ text }) => parse(text) as Record<string, object>);
    const merged = whole.reduce((sum, each) => merge(sum, each), {});
    const file = new ConfigFile(JSON.stringify(merged)); // JSON is YAML
    const environment = parseEnvironment({
      ...SOURCE,
      NODE_ENV: 'test',
      OPENAI_API_KEY: 'o',
      ANTHROPIC_API_KEY: 'c',
      GATEWAY_CONFIG: file.path,
    });
    const imports = [ConfigModule.forRoot(environment), ProvidersModule];
    const module = await Test.createTestingModule({ imports }).compile();
    expect(module.get(ProviderRegistry).all()).toHaveLength(10);
    expect(
      module
        .get(VideoProviderRegistry)
        .all()
        .map(({ id }) => id),
    ).toEqual(['gpu-farm', 'proxy', 'runway']);
    await module.close();
    file.remove();
  });
});
