import type { GatewayConfig } from './gateway-config.js';
import { ruleWith } from './model-rules.js';
import {
  configWithoutFile,
  GatewayConfigError,
  readGatewayConfig,
  type EnvironmentProviders,
} from './read-gateway-config.js';

const SOURCE = { GROQ_API_KEY: 'gsk-secret', EMPTY: '', SMALL: 'many' };
const VIDEO = { providers: [], priority: [], hasMediaSecret: true };
const NOTHING: EnvironmentProviders = {
  openai: undefined,
  claude: undefined,
  priority: ['openai', 'claude'],
  video: VIDEO,
};
const BOTH: EnvironmentProviders = {
  openai: { apiKey: 'sk-env', baseUrl: 'http://proxy/v1' },
  claude: { apiKey: 'sk-ant' },
  priority: ['openai', 'claude'],
  video: VIDEO,
};
const GROQ = `
providers:
  groq:
    wire: openai
    baseUrl: https://api.groq.com/openai/v1
    apiKey: \${GROQ_API_KEY}
    models: ['llama-*']
`;

const read = (text: string, environment = NOTHING): GatewayConfig =>
  readGatewayConfig('gateway.yaml', text, SOURCE, environment);
const faults = (text: string, environment = NOTHING): readonly string[] => {
  try {
    read(text, environment);
  } catch (error) {
    if (error instanceof GatewayConfigError) return error.faults;
    throw error;
  }
  return [];
};
const endpointsOf = (config: GatewayConfig, id: string) => config.providers.find((each) => each.id === id)?.endpoints;

describe('a configuration file', () => {
  it('adds a provider without code, its key from the environment', () => {
    const [groq] = read(GROQ).providers;
    expect(groq).toMatchObject({ id: 'groq', wire: 'openai', priceListId: 'groq', isVendor: false });
    expect(groq!.endpoints).toEqual([
      { id: 'groq', apiKey: 'gsk-secret', baseUrl: 'https://api.groq.com/openai/v1', headers: {}, weight: 1 },
    ]);
    expect(groq!.models!.map(({ text }) => text)).toEqual(['llama-*']);
  });

  it('may be empty: the environment alone says who answers then, as without a file', () => {
    const { locate: _, written: _written, ...config } = configWithoutFile(BOTH);
    for (const text of ['', '# nothing\n', '{}']) expect(read(text, BOTH)).toMatchObject(config);
    expect(config.providers.map(({ id }) => id)).toEqual(['openai', 'claude']);
    expect(configWithoutFile(NOTHING).providers).toEqual([]);
  });

  it.each([
    ['a wildcard without quotes', 'models:\n  fast: *gpt-secret', 'gateway.yaml:2:9 begins with *'],
    ['a reference to what holds it', 'models: &x [*x]', 'gateway.yaml:1:13 begins with *'],
  ])('says where there is %s, and nothing of what it says', (_, text, fault) => {
    expect(faults(text)).toEqual([expect.stringContaining(fault)]);
    expect(faults(text).join()).not.toContain('secret');
  });

  it('shows nothing of a text that YAML trips over', () => {
    const found = faults('providers:\n  groq:\n    apiKey: |sk-live-123\n');
    expect(found.length).toBeGreaterThan(0);
    expect(found.join()).not.toContain('sk-live');
  });

  it('may say a thing once and refer to it', () => {
    const text = `${GROQ}models:\n  a: &slow { deadlines: { stallMs: 5000 } }\n  b: *slow\n`;
    expect(faults(text)).toEqual([]);
  });

  it('needs no key for a server that asks for none', () => {
    const [ollama] = read('providers: {ollama: {wire: openai, baseUrl: "http://localhost:11434/v1"}}').providers;
    expect(ollama!.endpoints[0]).not.toHaveProperty('apiKey');
  });

  it('gives a provider several keys or deployments, which inherit what they do not say', () => {
    const config = read(
      `
providers:
  openai:
    headers: {x-team: a}
    deployments:
      - name: main
      - {name: second, apiKey: k2, weight: 3}
      - {name: eu, apiKey: k3, baseUrl: 'https://eu.example/v1', headers: {x-zone: eu}}`,
      BOTH,
    );
    const headers = { 'x-team': 'a' };
    expect(endpointsOf(config, 'openai')).toEqual([
      { id: 'openai/main', apiKey: 'sk-env', baseUrl: 'http://proxy/v1', headers, weight: 1 },
      { id: 'openai/second', apiKey: 'k2', baseUrl: 'http://proxy/v1', headers, weight: 3 },
      {
        id: 'openai/eu',
        apiKey: 'k3',
        baseUrl: 'https://eu.example/v1',
        headers: { ...headers, 'x-zone': 'eu' },
        weight: 1,
      },
    ]);
    expect(config.warnings).toEqual([]);
  });

  it("warns of a key of the environment's that no deployment takes", () => {
    const { warnings } = read('providers: {openai: {deployments: [{name: a, apiKey: k}]}}', BOTH);
    expect(warnings).toEqual([expect.stringContaining('OPENAI_API_KEY')]);
  });

  it('knows openai and claude without a word about their wire, by their own addresses', () => {
    const config = read('providers: {claude: {apiKey: k}, openai: {apiKey: k}}');
    expect(config.providers.map(({ id, wire }) => [id, wire])).toEqual([
      ['openai', 'openai'],
      ['claude', 'anthropic'],
    ]);
  });

  it('puts providers in the order of PROVIDER_PRIORITY, those that it does not name behind', () => {
    const ids = (priority: string[]) => read(GROQ, { ...BOTH, priority }).providers.map(({ id }) => id);
    expect(ids(['groq', 'claude'])).toEqual(['groq', 'claude', 'openai']);
    expect(ids(['openai', 'claude'])).toEqual(['openai', 'claude', 'groq']);
    expect(faults(GROQ, { ...BOTH, priority: ['grok'] })).toEqual([
      expect.stringContaining("lacks 'grok', which PROVIDER_PRIORITY names"),
    ]);
  });

  it('reads a price digit by digit, quoted or not', () => {
    const { models } = read(`models: {"m": {price: {input: 0.10, output: "1.123456789", cachedInput: 3}}}`);
    expect(models[0]!.price).toEqual({ input: '0.10', output: '1.123456789', cachedInput: '3' });
  });

  it('lets the most specific pattern decide, setting by setting, and one for a provider before one for all', () => {
    const config = read(
      `${GROQ}
models:
  '*': {concurrency: 1, deadlines: {stallMs: 1}}
  'llama-*': {concurrency: 2}
  'llama-3.3-70b': {concurrency: 3}
  'groq:llama-*': {concurrency: 4}`,
    );
    const concurrency = (model: string, provider: string) =>
      ruleWith('concurrency', config, model, provider)?.concurrency;
    expect([concurrency('qwen', 'x'), concurrency('llama-2', 'x'), concurrency('llama-3.3-70b', 'x')]).toEqual([
      1, 2, 3,
    ]);
    expect(concurrency('llama-3.3-70b', 'groq')).toBe(4);
    expect(ruleWith('deadlines', config, 'llama-2', 'x')!.name).toBe('*');
  });

  it('takes what stands before a colon for a provider only where it is one', () => {
    const config = read(`${GROQ}
aliases: {fast: 'groq:llama-3.1-8b', tagged: 'llama3.2:3b', tuned: ['ft:gpt-4o:org::id']}`);
    expect([...config.aliases.values()]).toEqual([
      [{ providerId: 'groq', model: 'llama-3.1-8b' }],
      [{ model: 'llama3.2:3b' }],
      [{ model: 'ft:gpt-4o:org::id' }],
    ]);
  });

  it.each([
    ['an unknown setting', 'provider: {}', ['gateway.yaml:1:1 provider is no setting; did you mean providers?']],
    [
      'an unknown setting of a provider',
      `${GROQ}    apikey: x`,
      ['gateway.yaml:8:5 providers.groq.apikey is no setting; did you mean apiKey?'],
    ],
    [
      'a setting like no other',
      'routing: {xyzzy: 1}',
      ['gateway.yaml:1:11 routing.xyzzy is no setting; allowed: strategy, weights'],
    ],
    [
      'a wrong word',
      'routing:\n  strategy: cheapest',
      ["gateway.yaml:2:13 routing.strategy is 'cheapest'; allowed: priority, weighted, least-latency, least-cost"],
    ],
    [
      'a missing setting',
      'providers:\n  groq:\n    baseUrl: http://x/v1',
      ['gateway.yaml:3:5 providers.groq.wire is missing; allowed: openai, anthropic'],
    ],
    [
      'no address',
      'providers: {groq: {wire: openai}}',
      ['gateway.yaml:1:19 providers.groq.baseUrl is missing; only openai and claude have a known address'],
    ],
    [
      'an unknown setting like no other',
      'providers: {openai: {xyzzy: 1}}',
      [
        'gateway.yaml:1:22 providers.openai.xyzzy is no setting; allowed: wire, baseUrl, apiKey, headers, deployments, models, capabilities, concurrency, priceListId',
      ],
    ],
    [
      'a vendor without a key',
      'providers: {openai: {concurrency: 1}}',
      ['gateway.yaml:1:21 providers.openai.apiKey is missing; give it here or as OPENAI_API_KEY'],
    ],
    [
      'a name that is none',
      'providers: {Groq!: {wire: openai, baseUrl: "http://x"}}',
      [
        "gateway.yaml:1:13 providers.\"Groq!\" is no name for this; allowed: a name of 1 to 32 lower-case letters, digits, '-' and '_' that begins with a letter and is not 'auto'",
      ],
    ],
    [
      'a reference to nothing',
      'providers:\n  groq:\n    wire: openai\n    baseUrl: ${NO_SUCH}\n    apiKey: ${EMPTY}',
      [
        'gateway.yaml:4:14 providers.groq.baseUrl names NO_SUCH, which the environment does not set',
        'gateway.yaml:5:13 providers.groq.apiKey names EMPTY, which the environment does not set',
      ],
    ],
    [
      'a reference that is not closed',
      'providers: {groq: {wire: openai, baseUrl: http://x, apiKey: "${GROQ"}}',
      ['gateway.yaml:1:61 providers.groq.apiKey has a reference that is not written ${NAME}'],
    ],
    [
      'another kind of value',
      'models: {"gpt-*": {fallbacks: claude-sonnet-5, concurrency: ten, deadlines: 3}}',
      [
        "gateway.yaml:1:31 models.\"gpt-*\".fallbacks is 'claude-sonnet-5'; allowed: a list of at most 20 models ('claude-sonnet-5', 'groq:llama-3.3-70b-versatile')",
        'gateway.yaml:1:61 models."gpt-*".concurrency is \'ten\'; allowed: a whole number from 1 to 1000000',
        'gateway.yaml:1:77 models."gpt-*".deadlines is \'3\'; allowed: a mapping',
      ],
    ],
    [
      'a price that is no price',
      'models: {m: {price: {input: -1, output: 1e-7}}}',
      [
        "gateway.yaml:1:29 models.m.price.input is '-1'; allowed: US dollars per million tokens, with at most 9 decimals, such as 0.15",
        "gateway.yaml:1:41 models.m.price.output is '1e-7'; allowed: US dollars per million tokens, with at most 9 decimals, such as 0.15",
      ],
    ],
    [
      'an item of a list',
      'aliases:\n  a:\n    - gpt-4\n    - "gpt-*"',
      ["gateway.yaml:4:7 aliases.a[1] is 'gpt-*'; allowed: a model, or provider:model, without wildcards"],
    ],
    [
      'an alias of an alias',
      'aliases: {a: b, b: gpt-4}',
      ['gateway.yaml:1:14 aliases.a names another alias; allowed: models'],
    ],
    [
      'an unknown provider',
      `${GROQ}\nrouting: {weights: {grok: 1}}`,
      ['gateway.yaml:9:21 routing.weights.grok is no provider here; did you mean groq?'],
    ],
    [
      'two deployments of one name',
      'providers: {openai: {deployments: [{name: a, apiKey: x}, {name: a, apiKey: y}]}}',
      [
        "gateway.yaml:1:65 providers.openai.deployments[1].name is 'a' like that of another one; allowed: a name of its own",
      ],
    ],
    [
      'fallbacks of a model at one provider',
      `${GROQ}\nmodels: {'groq:llama-*': {fallbacks: []}}`,
      [
        'gateway.yaml:9:27 models."groq:llama-*".fallbacks holds for a model wherever it is; allowed: under \'llama-*\', without the provider',
      ],
    ],
    ['a file that is no mapping', '- 1', ['gateway.yaml:1:1 the file is a list; allowed: a mapping']],
  ])('is refused for %s, with its place and what is allowed', (_, text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('is refused where it is no YAML, without showing the line', () => {
    const [fault] = faults('providers: {groq: {apiKey: sk-very-secret}');
    expect(fault).toMatch(/^gateway\.yaml:1:\d+ /);
    expect(fault).not.toContain('sk-very-secret');
    expect(faults('aliases: {a: x, a: y}')).toEqual([expect.stringMatching(/^gateway\.yaml:1:\d+ .*unique/)]);
  });

  it('may repeat what it says once, as often as there are models', () => {
    const models = Array.from({ length: 300 }, (_, index) => `\n  m-${index}: ${index === 0 ? '&usual ' : '*usual'}`);
    models[0] += `{fallbacks: [gpt-4]}`;
    expect(read(`models:${models.join('')}`).models).toHaveLength(300);
  });

  it('is refused where references come to billions of settings, at the first that is too much', () => {
    const lists = Array.from(
      { length: 9 },
      (_, index) =>
        `  l${index}: &l${index} [${Array(10)
          .fill(index === 0 ? 'x' : `*l${index - 1}`)
          .join(', ')}]`,
    );
    expect(faults(['aliases:', ...lists].join('\n'))).toEqual([
      'gateway.yaml:6:47 begins with *, and what it refers to comes to over 100000 settings, with those before it; use fewer of them',
    ]);
  });

  it('shows no secret, whatever is wrong with it', () => {
    const text = `
providers:
  groq:
    wire: openai
    baseUrl: ftp://user:password@x
    apiKey: my secret
    headers: {x-key: "two\\nlines"}
    concurrency: \${SMALL}`;
    const found = faults(text);
    expect(found).toHaveLength(4);
    for (const secret of ['password', 'my secret', 'lines', 'many']) expect(found.join('\n')).not.toContain(secret);
    expect(found.at(-1)).toContain("concurrency is '${SMALL}'");
  });
});
