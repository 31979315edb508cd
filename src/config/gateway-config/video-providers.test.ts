import { GatewayConfigError, readGatewayConfig, type EnvironmentProviders } from './read-gateway-config.js';

const ENVIRONMENT: EnvironmentProviders = {
  openai: undefined,
  claude: undefined,
  priority: ['openai', 'claude'],
  video: {
    providers: [
      { id: 'sora', wire: 'sora', baseUrl: 'http://sora/v1', apiKey: 'env-key', dialect: 'sglang' },
      { id: 'runway', wire: 'runway', apiKey: 'runway-key' },
    ],
    priority: [],
    hasMediaSecret: true,
  },
};
const NOTHING: EnvironmentProviders = { ...ENVIRONMENT, video: { ...ENVIRONMENT.video, providers: [] } };

const read = (text: string, environment = NOTHING) =>
  readGatewayConfig('gateway.yaml', text, { FARM_KEY: 'farm-secret' }, environment).videoProviders;
const withPriority = (...priority: string[]) => ({ ...ENVIRONMENT, video: { ...ENVIRONMENT.video, priority } });

function faults(text: string, environment = NOTHING): readonly string[] {
  try {
    read(text, environment);
  } catch (error) {
    if (error instanceof GatewayConfigError) return error.faults;
    throw error;
  }
  return [];
}

const FARM = `
videos:
  providers:
    farm:
      wire: sora
      baseUrl: http://gpu:8091/v1
      apiKey: \${FARM_KEY}
      dialect: vllm-omni
      models:
        wan-2.2:
          operations: [text-to-video]
          seconds: [8, 5]
          sizes: { 720p: [1280x720, 848x480] }
          price: { 848x480: 0.010, 720p: '0.03', '*': 1 }
        ltx: {}
`;

describe('video providers of the configuration file', () => {
  it('are added to those of the environment, with what is said of their models, in the order of the file', () => {
    const [sora, runway, farm] = read(FARM, ENVIRONMENT);
    expect([sora, runway]).toEqual(ENVIRONMENT.video.providers);
    expect(farm).toEqual({
      id: 'farm',
      wire: 'sora',
      baseUrl: 'http://gpu:8091/v1',
      apiKey: 'farm-secret',
      dialect: 'vllm-omni',
      models: [
        {
          name: 'wan-2.2',
          operations: ['text-to-video'],
          seconds: [8, 5],
          sizes: { '720p': ['1280x720', '848x480'] },
          price: { '848x480': '0.010', '720p': '0.03', '*': '1' }, // digit by digit
        },
        { name: 'ltx' },
      ],
    });
  });

  it('take what they do not say from the environment, where that speaks of the same wire', () => {
    const [, sora] = read('videos: {providers: {sora: {baseUrl: "http://other/v1"}}}', ENVIRONMENT);
    expect(sora).toEqual({ ...ENVIRONMENT.video.providers[0], baseUrl: 'http://other/v1' });
    const [, other] = read('videos: {providers: {sora: {wire: runway, apiKey: k}}}', ENVIRONMENT);
    expect(other).toEqual({ id: 'sora', wire: 'runway', apiKey: 'k' });
  });

  it('are in the order of VIDEO_PRIORITY, those that it does not name behind', () => {
    const ids = (...priority: string[]) => read(FARM, withPriority(...priority)).map(({ id }) => id);
    expect(ids('farm', 'runway')).toEqual(['farm', 'runway', 'sora']);
    expect(ids()).toEqual(['sora', 'runway', 'farm']);
    expect(faults(FARM, withPriority('form'))).toEqual([
      "gateway.yaml:4:5 videos.providers lacks 'form', which VIDEO_PRIORITY names; there are: sora, runway, farm",
    ]);
  });

  it('are refused in production without a secret for their links', () => {
    const environment = { ...NOTHING, video: { ...NOTHING.video, hasMediaSecret: false } };
    expect(faults(FARM, environment)).toEqual([
      expect.stringMatching(/^gateway.yaml:4:5 videos.providers need MEDIA_SECRET/),
    ]);
    expect(faults('', environment)).toEqual([]);
  });

  it.each([
    ['no wire', '{farm: {baseUrl: "http://x"}}', 'videos.providers.farm.wire is missing; allowed: sora, runway'],
    ['another wire', '{farm: {wire: veo}}', "videos.providers.farm.wire is 'veo'; allowed: sora, runway"],
    ['no address', '{sora: {}}', 'videos.providers.sora.baseUrl is missing; the wire runway alone has an address'],
    ['no key', '{runway: {}}', 'videos.providers.runway.apiKey is missing; give it here or as RUNWAYML_API_SECRET'],
    ['no key of a second one', '{eu: {wire: runway}}', 'videos.providers.eu.apiKey is missing; give it here'],
    [
      "a dialect of Runway's",
      '{runway: {apiKey: k, dialect: openai}}',
      'videos.providers.runway.dialect holds for the wire sora; leave it out',
    ],
    [
      'a dialect that is none',
      '{sora: {baseUrl: "http://x/v1", dialect: vllm}}',
      "videos.providers.sora.dialect is 'vllm'; allowed: openai, vllm-omni, sglang",
    ],
    ['a size that is none', model('{sizes: {720p: [720]}}'), "sizes.720p[0] is '720'; allowed: WIDTHxHEIGHT"],
    ['another resolution', model('{sizes: {8K: [7680x4320]}}'), 'sizes.8K is no setting; did you mean 4K?'],
    ['a length that is none', model('{seconds: [4.5]}'), "seconds[0] is '4.5'; allowed: whole seconds from 1 to 600"],
    ['a length twice', model('{seconds: [4, 4]}'), 'seconds is a list; allowed: a list of whole seconds, each once'],
    ['a price below 0', model('{price: {720p: -1}}'), "price.720p is '-1'; allowed: US dollars a second"],
    [
      'a price too fine',
      model('{price: {720p: 0.0000001}}'),
      "price.720p is '0.0000001'; allowed: US dollars a second",
    ],
    ['a price of nothing', model('{price: {hd: 1}}'), 'price.hd is no name for this; allowed: a size such as 1280x720'],
    ['an unknown setting', model('{second: [4]}'), 'second is no setting; did you mean seconds?'],
    [
      'an operation that is none',
      model('{operations: [upscale]}'),
      "operations[0] is 'upscale'; allowed: text-to-video",
    ],
  ])('are refused for %s, with its place and what is allowed', (_, providers, expected) => {
    const [fault, ...others] = faults(`videos: {providers: ${providers}}`);
    expect(others).toEqual([]);
    expect(fault).toMatch(/^gateway\.yaml:1:\d+ videos\.providers\./);
    expect(fault).toContain(expected);
  });
});

function model(settings: string): string {
  return `{sora: {baseUrl: "http://x/v1", models: {m: ${settings}}}}`;
}
