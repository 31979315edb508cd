import { readFileSync } from 'node:fs';
import { Test } from '@nestjs/testing';
import { parse } from 'yaml';
import { ConfigModule } from '../../src/config/config.module.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { readGatewayConfig } from '../../src/config/gateway-config/read-gateway-config.js';
import { ProviderRegistry } from '../../src/providers/provider-registry.js';
import { ProvidersModule } from '../../src/providers/providers.module.js';
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
const SOURCE = Object.fromEntries([...DOC.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [name!, `value-of-${name}`]));
const ENVIRONMENT = { openai: { apiKey: 'o' }, claude: { apiKey: 'c' }, priority: ['openai', 'claude'] };

/** The names of all settings, wherever they stand. */
function settingsOf(schema: Schema): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, each]) => [name, ...settingsOf(each)]);
  const of = (each: Schema | boolean | undefined) => (typeof each === 'object' ? settingsOf(each) : []);
  return [...own, ...of(schema.additionalProperties), ...of(schema.items)];
}
const settings = [
  ...new Set([...settingsOf(SCHEMA), ...Object.values(SCHEMA.definitions!).flatMap(settingsOf)]),
].filter((name) => name !== 'price' && name !== 'deadlines'); // named with what is in them

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
    ]);
  });

  it.each(examples)('has an example of $title that can be used as it stands', ({ text }) => {
    const config = readGatewayConfig('example', text, SOURCE, ENVIRONMENT);
    const written = parse(text) as { providers?: Record<string, unknown> };
    expect(config.providers.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(written.providers ?? {})));
    expect(config.warnings).toEqual([]);
  });

  it('says what every setting of the schema means', () => {
    const tables = DOC.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
    const named = new Set(tables.flatMap((line) => [...line.split('|')[1]!.matchAll(/\w+/g)].map(([name]) => name)));
    expect(settings.filter((name) => !named.has(name))).toEqual([]);
  });

  it('has examples whose models lead somewhere, all in one', async () => {
    const whole = examples.map(({ text }) => parse(text) as Record<string, object>);
    const merged = whole.reduce(
      (sum, each) => {
        for (const [name, part] of Object.entries(each)) Object.assign((sum[name] ??= {}), part);
        return sum;
      },
      {} as Record<string, object>,
    );
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
    await module.close();
    file.remove();
  });
});
