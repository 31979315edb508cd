import { EnvironmentError, parseEnvironment } from './environment.js';

const faults = (source: Record<string, string>): string[] => {
  try {
    parseEnvironment(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults;
    throw error;
  }
  return [];
};
const SECRET = 'x'.repeat(32);
const KEYS = `2026:${'A'.repeat(43)}=`;
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://u:p@db/gateway',
  JWT_SECRET: SECRET,
  OPENAI_API_KEY: 'sk',
  AUDIT_SECRET: SECRET,
  ENCRYPTION_KEYS: KEYS,
};

describe('the environment', () => {
  it('has a default for everything in development', () => {
    const environment = parseEnvironment({});
    expect(environment).toMatchObject({
      mode: 'development',
      http: { port: 3003, isPortGiven: false, drainMs: 30_000, maxFrameBytes: 16_777_216 },
      providers: { priority: ['openai', 'claude'], isSimulated: true },
      billing: { creditsPerUsd: '2000', signupCredits: '10000', isFreeOnError: false },
      streams: { leaseMs: 10_000, replayMs: 900_000 },
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(parseEnvironment({ PORT: '', DATABASE_URL: ' ' })).toEqual(parseEnvironment({}));
  });

  it('never simulates providers beside a real one, and never in production', () => {
    expect(parseEnvironment({ OPENAI_API_KEY: 'sk' }).providers.isSimulated).toBe(false);
    expect(parseEnvironment({ SIMULATED_PROVIDERS: 'false' }).providers.isSimulated).toBe(false);
    expect(parseEnvironment(production).providers.isSimulated).toBe(false);
    expect(parseEnvironment(production).billing.signupCredits).toBe('0');
  });

  it.each([
    ['PORT', '70000', 'a whole number from 0 to 65535'],
    ['PORT', '3003.5', 'a whole number'],
    ['DATABASE_URL', 'mysql://x', 'postgres://'],
    ['JWT_SECRET', 'short', 'at least 32 bytes'],
    ['JWT_PUBLIC_KEY', 'nonsense', 'PEM'],
    ['OPS_TOKEN', 'for operators only', "letters, digits and '-._~+/', without a space"],
    ['OPS_TOKEN', 'opérateurs', 'letters, digits'],
    ['ALLOWED_ORIGINS', 'https://a.example/path', 'origins such as'],
    ['PROVIDER_PRIORITY', 'openai,,claude', 'names separated by commas'],
    ['PROVIDER_PRIORITY', 'openai,gemini', 'openai, claude'],
    ['CREDITS_PER_USD', '0', 'above 0'],
    ['SIGNUP_CREDITS', '1.0000001', 'at most 6 decimals'],
    ['DEFAULT_PRICE_USD_PER_MTOK', '1', 'input,output'],
    ['FREE_ON_ERROR', 'perhaps', 'true or false'],
    ['NODE_ENV', 'prod', 'development, test, staging, production'],
  ])('refuses %s=%s and says what is allowed', (name, value, allowed) => {
    const [fault, ...others] = faults({ [name]: value });
    expect(others).toEqual([]);
    expect(fault).toContain(name);
    expect(fault).toContain(allowed);
  });

  it('never repeats a secret in what it says', () => {
    const text = faults({
      JWT_SECRET: 'my-little-secret',
      DATABASE_URL: 'mysql://u:hidden@h',
      REDIS_URL: 'http://u:hidden@h',
      ENCRYPTION_KEYS: 'a:a-hidden-key',
    }).join();
    expect(text).not.toMatch(/my-little-secret|hidden/);
  });

  it('refuses an unknown name under a prefix of ours, with the nearest known one', () => {
    expect(faults({ CREDITS_PER_USDD: '1' })).toEqual([
      'CREDITS_PER_USDD is no variable of this gateway; did you mean CREDITS_PER_USD?',
    ]);
    expect(faults({ SOMETHING_ELSE: '1', PATH: '/bin' })).toEqual([]);
  });

  it('refuses two kinds of keys at once, and an address without its key', () => {
    expect(faults({ JWT_SECRET: SECRET, JWT_JWKS_URL: 'https://id.example/jwks' })).toHaveLength(1);
    expect(faults({ OPENAI_BASE_URL: 'http://localhost:1' })[0]).toContain('OPENAI_API_KEY is missing');
  });

  it.each(['production', 'staging'])('asks in %s for what development does without, all at once', (mode) => {
    expect(
      faults({ NODE_ENV: mode, RATE_LIMITS: 'off', SIMULATED_PROVIDERS: 'on' }).map((fault) => fault.split(' ')[0]),
    ).toEqual([
      'AUDIT_SECRET',
      'DATABASE_URL',
      'JWT_SECRET,',
      'ENCRYPTION_KEYS',
      'SIMULATED_PROVIDERS',
      'RATE_LIMITS',
      'OPENAI_API_KEY,',
    ]);
    expect(faults({ ...production, NODE_ENV: mode })).toEqual([]);
  });

  it('asks for the secrets that processes share wherever they may be many, and says how to make one', () => {
    const shared = { DATABASE_URL: production.DATABASE_URL };
    for (const NODE_ENV of ['', 'development', 'test'])
      expect(faults({ ...shared, NODE_ENV })).toEqual([
        expect.stringMatching(/^MEDIA_SECRET is missing;.*openssl rand -base64 48$/),
        expect.stringMatching(/^AUDIT_SECRET is missing;.*openssl rand -base64 48$/),
      ]);
    expect(faults({ ...shared, AUDIT_SECRET: SECRET, MEDIA_SECRET: SECRET })).toEqual([]);
    expect(faults({ ...shared, AUDIT_SECRET: SECRET, SIMULATED_PROVIDERS: 'off' })).toEqual([]);
    expect(faults({ ...shared, AUDIT_SECRET: SECRET, SIMULATED_PROVIDERS: 'off', RUNWAYML_API_SECRET: 'k' })).toEqual([
      expect.stringContaining('MEDIA_SECRET is missing'),
    ]);
  });

  it('has keys for texts, or says that they are kept as they are: production must choose', () => {
    const { ENCRYPTION_KEYS: _, ...undecided } = production;
    expect(faults(undecided)).toEqual([expect.stringMatching(/ENCRYPTION_KEYS is missing.*ENCRYPTION=off/)]);
    expect(parseEnvironment({ ...undecided, ENCRYPTION: 'off' }).encryption).toEqual({ keys: [], isOff: true });
    expect(parseEnvironment({}).encryption).toEqual({ keys: [], isOff: false });
    const key = { id: '2026', key: `${'A'.repeat(43)}=` };
    expect(parseEnvironment(production).encryption).toEqual({ keys: [key], isOff: false });
    expect(parseEnvironment({ ...production, ENCRYPTION: 'off' }).encryption).toEqual({ keys: [key], isOff: true });
    expect(faults({ ENCRYPTION: 'on' })).toEqual(['ENCRYPTION_KEYS is missing; ENCRYPTION=on needs it']);
    expect(faults({ ENCRYPTION_KEY: KEYS })[0]).toContain('did you mean ENCRYPTION_KEYS?');
  });

  it('has the video providers of the environment, in the order of VIDEO_PRIORITY', () => {
    const { gatewayConfig, video } = parseEnvironment({
      SORA_BASE_URL: 'http://gpu/v1',
      SORA_DIALECT: 'sglang',
      SORA_MODEL: 'Wan-AI/Wan2.2',
      RUNWAYML_API_SECRET: 'k',
      VIDEO_PRIORITY: 'runway',
    });
    expect(gatewayConfig.initial.videoProviders).toEqual([
      { id: 'runway', wire: 'runway', apiKey: 'k' },
      { id: 'sora', wire: 'sora', baseUrl: 'http://gpu/v1', dialect: 'sglang', models: [{ name: 'Wan-AI/Wan2.2' }] },
    ]);
    expect(video.isSimulated).toBe(false);
    expect(parseEnvironment({}).video.isSimulated).toBe(true);
  });

  it.each([
    [{ SORA_MODEL: 'wan', SORA_DIALECT: 'sglang' }, 'SORA_BASE_URL is missing; SORA_DIALECT needs it'],
    [{ SORA_MODEL: 'sora-2', SORA_BASE_URL: 'http://x/v1' }, 'SORA_MODEL is for the dialects vllm-omni and sglang'],
    [{ SORA_MODEL: 'a b', SORA_BASE_URL: 'http://x/v1', SORA_DIALECT: 'sglang' }, "SORA_MODEL is 'a b'"],
    [{ VIDEO_PRIORITY: 'veo' }, "VIDEO_PRIORITY names 'veo'; allowed: sora, runway, and the video providers of a"],
    [
      { ...production, RUNWAYML_API_SECRET: 'k' },
      'MEDIA_SECRET is missing; links to videos are signed with it; with DATABASE_URL',
    ],
  ])('refuses %j', (source: Record<string, string>, fault) => {
    expect(faults(source)[0]).toContain(fault);
  });
});
