import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnvironment } from '../environment.js';
import { readGatewayConfig } from '../gateway-config/read-gateway-config.js';
import { effectiveSettings, type EffectiveSetting } from './effective-settings.js';
import { fingerprintBy } from './masked.js';
import { settingDisclosure } from './setting-disclosures.js';

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
}

const schema = JSON.parse(
  readFileSync(new URL('../../../contracts/gateway-config.schema.json', import.meta.url), 'utf8'),
) as Schema & { definitions: Record<string, Schema> };

/** Every setting that a file may have; `x` is any name. */
function settingsOf({ $ref, ...own }: Schema, path: (string | number)[] = []): (string | number)[][] {
  const { type, properties, additionalProperties, items } = $ref
    ? { ...own, ...schema.definitions[$ref.slice('#/definitions/'.length)] }
    : own;
  const named = Object.entries(properties ?? {}).flatMap(([name, each]) => settingsOf(each, [...path, name]));
  const others = typeof additionalProperties === 'object' ? settingsOf(additionalProperties, [...path, 'x']) : [];
  const isOfMappings = items?.$ref === '#/definitions/deployment';
  const listed = isOfMappings ? settingsOf(items, [...path, 0]) : [];
  const isValue = !isOfMappings && type !== 'object';
  return [...(isValue ? [path] : []), ...named, ...others, ...listed];
}

const MARK = 'never-to-be-shown';
const FILE = `
providers:
  openai:
    deployments:
      - name: main
      - { name: second, apiKey: ${MARK}-second, weight: 3 }
  azure:
    wire: openai
    baseUrl: https://azure.example.com/openai/v1
    headers: { api-key: '\${AZURE_KEY}' }
    apiKey: ${MARK}-azure
    models: ['gpt-4o*']
    concurrency: 5
  proxy:
    wire: anthropic
    baseUrl: https://\${PROXY_HOST}/v1
    headers: { authorization: Bearer ${MARK} }
    models: ['\${PROXY_MODEL}']
aliases:
  fast: azure:gpt-4o-mini
models:
  'gpt-4o*': { price: { input: 0.15, output: 0.6 }, fallbacks: ['azure:gpt-4o'] }
roles:
  user: { models: ['gpt-*'], limits: { creditsPerDay: 1000.5 } }
videos:
  providers:
    farm:
      wire: sora
      baseUrl: http://user:${MARK}@gpu:8091/v1
      apiKey: ${MARK}-farm
      dialect: vllm-omni
      models: { default: {} }
alerts:
  rules: { QueueLong: { enabled: false }, ResponsesSlow: { threshold: 7000 } }
  webhooks:
    pager: { url: 'https://hooks.example.com/${MARK}?token=${MARK}', secret: 'whsec_${Buffer.from(MARK.repeat(2)).toString('base64')}' }
`;
const VARIABLES = {
  OPENAI_API_KEY: `${MARK}-openai`,
  SORA_BASE_URL: 'http://sora:8000/v1',
  SORA_API_KEY: `${MARK}-sora`,
  MEDIA_SECRET: `${MARK} of more than thirty-two bytes`,
};

function settings(): EffectiveSetting[] {
  const environment = parseEnvironment(VARIABLES);
  const video = { providers: environment.gatewayConfig.initial.videoProviders, priority: [], hasMediaSecret: true };
  const providers = { openai: { apiKey: VARIABLES.OPENAI_API_KEY }, claude: undefined, priority: ['openai'], video };
  const source = {
    ...VARIABLES,
    AZURE_KEY: `${MARK}-key`,
    PROXY_HOST: `${MARK}.internal`,
    PROXY_MODEL: `${MARK}-model`,
  };
  const config = readGatewayConfig('gateway.yaml', FILE, source, providers);
  const key = createSecretKey(Buffer.from('a key of more than thirty-two bytes'));
  return effectiveSettings(config, environment.given, fingerprintBy(key));
}
const hidden = { fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/) };
const setting = (name: string) => settings().find((each) => each.name === name);

describe('the settings in force', () => {
  it('mask what the schema has and nobody has decided on', () => {
    const all = settingsOf(schema);
    expect(all.length).toBeGreaterThan(60);
    const masked = all.filter((path) => settingDisclosure(path) === 'secret').map((path) => path.join('.'));
    expect(masked.sort()).toEqual([
      'alerts.webhooks.x.secret',
      'providers.x.apiKey',
      'providers.x.deployments.0.apiKey',
      'providers.x.deployments.0.headers.x',
      'providers.x.headers.x',
      'videos.providers.x.apiKey',
    ]);
  });

  it('show no secret of the file or of the environment, nor what a variable stands for', () => {
    expect(JSON.stringify(settings())).not.toContain(MARK);
    expect(JSON.stringify(settings())).not.toContain(Buffer.from(MARK).toString('base64').slice(0, 12));
  });

  it('are what was written, by line and column, and the variables in it', () => {
    expect(setting('providers.azure.wire')).toEqual({
      name: 'providers.azure.wire',
      value: 'openai',
      source: 'file',
      at: '8:5',
    });
    expect(setting('providers.azure.baseUrl')).toMatchObject({ value: 'https://azure.example.com/openai/v1' });
    expect(setting('providers.azure.headers.api-key')).toMatchObject({ value: hidden, variables: ['AZURE_KEY'] });
    expect(setting('providers.proxy.baseUrl')).toMatchObject({ value: hidden, variables: ['PROXY_HOST'] });
    expect(setting('providers.proxy.models')).toMatchObject({ value: [hidden], variables: ['PROXY_MODEL'] });
    expect(setting('aliases.fast')).toMatchObject({ value: ['azure:gpt-4o-mini'], source: 'file' });
    expect(setting('models."gpt-4o*".price.input')).toMatchObject({ value: '0.15', source: 'file' });
    expect(setting('roles.user.models.video')).toMatchObject({ value: ['gpt-*'], source: 'file' });
    expect(setting('roles.user.limits.creditsPerDay')).toMatchObject({ value: 1000.5, source: 'file' });
    expect(setting('alerts.rules.ResponsesSlow.threshold')).toMatchObject({ value: 7000, source: 'file' });
    expect(setting('alerts.rules.QueueLong.enabled')).toMatchObject({ value: false, source: 'file' });
    const url = { value: { shown: 'https://hooks.example.com/…', ...hidden }, source: 'file' };
    expect(setting('alerts.webhooks.pager.url')).toMatchObject(url);
    expect(setting('videos.providers.farm.models.default')).toMatchObject({ value: {}, source: 'file' });
  });

  it('are of the environment, or built in, where nothing was written', () => {
    const ofOpenai = { value: hidden, source: 'environment', variables: ['OPENAI_API_KEY'] };
    expect(setting('providers.openai.deployments[0].apiKey')).toMatchObject(ofOpenai);
    expect(setting('providers.openai.deployments[1].apiKey')).toMatchObject({ value: hidden, source: 'file' });
    expect(setting('providers.openai.deployments[0].weight')).toMatchObject({ value: 1, source: 'built-in' });
    expect(setting('videos.providers.sora.baseUrl')).toMatchObject({
      value: 'http://sora:8000/v1',
      source: 'environment',
      variables: ['SORA_BASE_URL'],
    });
    expect(setting('videos.providers.sora.dialect')).toMatchObject({ value: 'openai', source: 'built-in' });
    expect(setting('alerts.rules.ResponsesSlow.forMs')).toMatchObject({ value: 0, source: 'built-in' });
    expect(setting('roles.admin.capabilities')).toMatchObject({ source: 'built-in' });
    expect(setting('routing.strategy')).toMatchObject({ value: 'priority', source: 'built-in' });
    expect(setting('routing.weights')).toBeUndefined();
  });
});
