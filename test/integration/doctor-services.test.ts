import { exportJWK, generateKeyPair } from 'jose';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { checkDisk } from '../../src/cli/doctor/disk.check.js';
import type { CheckResult } from '../../src/cli/doctor/finding.js';
import { checkMedia } from '../../src/cli/doctor/media.check.js';
import { checkPrices } from '../../src/cli/doctor/prices.check.js';
import { checkProviders } from '../../src/cli/doctor/providers.check.js';
import { checkRedis } from '../../src/cli/doctor/redis.check.js';
import { checkSecretFiles } from '../../src/cli/doctor/secret-files.check.js';
import { checkTokenKey } from '../../src/cli/doctor/token-key.check.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { choosePort } from '../../src/database/embedded/free-port.js';
import { ConfigFile } from '../support/config-file.js';
import { ProviderServer, type Answer } from '../support/provider-server.js';
import { describeWithRedis, startRedis } from '../support/redis-server.js';
import { startS3Server } from '../support/s3-server.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';

const whats = ({ findings }: CheckResult) => findings?.map(({ what }) => what);
const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const inTest = (variables: Record<string, string>) => parseEnvironment({ NODE_ENV: 'test', ...variables });
const WRONG_CLOCK = { date: new Date(Date.now() + 3_600_000).toUTCString() };

describe('providers and key sets', () => {
  let server: ProviderServer;
  beforeAll(async () => (server = await ProviderServer.start()));
  beforeEach(() => server.forget());
  afterAll(() => server.close());
  const providers = async (variables: Record<string, string>) => (await checkProviders(inTest(variables)))[0]!;
  const openai = () => ({ OPENAI_API_KEY: 'key-of-openai', OPENAI_BASE_URL: `${server.url}/v1` });

  it('a provider that takes the key is well, asked once by a call that costs nothing', async () => {
    server.willAnswer(json(200, { data: [{ id: 'gpt-4' }] }));
    expect(await providers(openai())).toMatchObject({ check: 'provider openai', findings: [] });
    expect(server.requests).toMatchObject([
      { method: 'GET', path: '/v1/models', headers: { authorization: 'Bearer key-of-openai' } },
    ]);
  });

  it('each other wire is asked in its own words', async () => {
    server.willAnswer(json(200, { data: [] }));
    await providers({ ANTHROPIC_API_KEY: 'key-of-claude', ANTHROPIC_BASE_URL: server.url });
    server.willAnswer(json(200, { data: [] }));
    await providers({ SORA_BASE_URL: `${server.url}/v1`, SORA_API_KEY: 'key-of-sora' });
    server.willAnswer(json(200, { creditBalance: 0 }));
    const runway = await providers({ RUNWAYML_BASE_URL: server.url, RUNWAYML_API_SECRET: 'key-of-runway' });
    expect(whats(runway)).toEqual(['The account at runway has no credits left']);
    expect(server.requests.map(({ path, headers }) => [path, headers['x-api-key'] ?? headers.authorization])).toEqual([
      ['/v1/models?limit=1000', 'key-of-claude'],
      ['/v1/videos?limit=1', 'Bearer key-of-sora'],
      ['/v1/organization', 'Bearer key-of-runway'],
    ]);
  });

  it.each([
    [json(401, {}), 'openai refuses our key (status 401)'],
    [json(403, {}), 'openai refuses our key (status 403)'],
    [json(429, {}), 'openai limits us (status 429)'],
    [json(302, {}, { location: 'https://elsewhere.example' }), 'openai sends us elsewhere (status 302)'],
    [json(500, {}), 'openai answers with status 500'],
    [(response) => response.destroy(), "openai can't be reached (UND_ERR_SOCKET)"],
    [json(200, { data: [] }, WRONG_CLOCK), expect.stringContaining('behind that of openai')],
  ])('what goes wrong there is told %#', async (answer, what) => {
    server.willAnswer(answer);
    const result = await providers(openai());
    expect(whats(result)).toEqual([what]);
    expect(JSON.stringify(result)).not.toContain('key-of-openai');
  });

  it('a provider that is not there is a fault; one without such a route is not', async () => {
    const port = await choosePort(undefined);
    const gone = await providers({ ...openai(), OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` });
    expect(whats(gone)).toEqual(["openai can't be reached (ECONNREFUSED)"]);
    server.willAnswer(json(404, {}));
    expect(await providers(openai())).toMatchObject({ findings: [], note: expect.stringContaining('404') });
  });

  it('a model that the provider does not list is a warning', async () => {
    const text = `providers:\n  near:\n    wire: openai\n    baseUrl: ${server.url}/v1\n    models: [llama-9, 'x-*']\n`;
    const file = new ConfigFile(text);
    server.willAnswer(json(200, { data: [{ id: 'llama-8' }] }));
    const result = await providers({ GATEWAY_CONFIG: file.path });
    file.remove();
    expect(whats(result)).toEqual(["near does not list the model 'llama-9'"]);
  });

  const keySet = async (answer?: Answer) => {
    if (answer) server.willAnswer(answer);
    return whats(await checkTokenKey(inTest({ JWT_JWKS_URL: `${server.url}/keys` })));
  };

  it('a key set with a key that can be used is well', async () => {
    const { publicKey } = await generateKeyPair('ES256');
    const key = { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig' };
    expect(await keySet(json(200, { keys: [key] }))).toEqual([]);
    expect(await keySet(json(200, { keys: [key] }, WRONG_CLOCK))).toEqual([
      expect.stringContaining("JWT_JWKS_URL's server"),
    ]);
    expect(await keySet(json(200, { keys: [{ ...key, use: 'enc' }] }))).toEqual([expect.stringContaining('no key')]);
  });

  it.each([
    [json(200, { keys: [] }), 'gives no key'],
    [json(200, { keys: [{ kty: 'oct', k: 'AAAA' }] }), 'gives no key'],
    [json(500, {}), 'status 500'],
    [(response) => response.destroy(), "can't be reached"],
  ])('a key set that is of no use is a fault %#', async (answer, what) => {
    expect(await keySet(answer)).toEqual([expect.stringContaining(what)]);
  });
});

it.each([
  [
    'ababababababababababababababababababab',
    ['JWT_SECRET is long enough, but can be guessed: it is made of a few characters'],
  ],
  ['9vQ2mXz0aLk7Rr1uYtPq4WsEeDcVfBg5', []],
])('the secret %s', async (secret, expected) => {
  const result = await checkTokenKey(inTest({ JWT_SECRET: secret }));
  expect(whats(result)).toEqual(expected);
  expect(JSON.stringify(result)).not.toContain(secret);
});

it('a public key that is private, or none, is a fault', async () => {
  const pem = (kind: string) => `-----BEGIN ${kind} KEY-----\\nAAAA\\n-----END ${kind} KEY-----`;
  expect(whats(await checkTokenKey(inTest({ JWT_PUBLIC_KEY: pem('PRIVATE') })))).toEqual([
    expect.stringContaining('private'),
  ]);
  expect(whats(await checkTokenKey(inTest({ JWT_PUBLIC_KEY: pem('PUBLIC') })))).toEqual([
    expect.stringContaining("can't be read"),
  ]);
});

describeWithRedis('redis', () => {
  it('is well as the operations page wants it; each departure from that is a fault', async () => {
    const server = await startRedis();
    const redis = new Redis(server.port);
    redis.on('error', () => undefined);
    try {
      expect(await checkRedis(server.url)).toMatchObject({ findings: [] });
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      expect(whats(await checkRedis(server.url))).toEqual([expect.stringContaining('maxmemory-policy allkeys-lru')]);
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      await redis.config('SET', 'appendonly', 'no');
      expect(whats(await checkRedis(server.url))).toEqual([expect.stringContaining('no append-only file')]);
      await redis.config('SET', 'appendonly', 'yes');
      await redis.config('SET', 'requirepass', 'hidden-word');
      expect((await checkRedis(server.url)).findings).toEqual([
        expect.objectContaining({ advice: 'Check user and password in REDIS_URL.' }),
      ]);
      expect(await checkRedis(server.url.replace('//', '//:hidden-word@'))).toMatchObject({ findings: [] });
      redis.disconnect();
      await server.kill();
      expect(whats(await checkRedis(server.url))).toEqual([expect.stringContaining("can't be used")]);
    } finally {
      redis.disconnect();
      await server.stop();
    }
  });
});

describe('files', () => {
  let folder: TestFolder;
  beforeEach(async () => (folder = await makeDataFolder()));
  afterEach(() => folder.remove());
  const here = (variables: Record<string, string> = {}) => inTest({ DATA_DIR: folder.path, ...variables });

  it('of videos are written, read and taken away again', async () => {
    expect(await checkMedia(here())).toMatchObject({ findings: [] });
    await writeFile(join(folder.path, 'media'), 'a file where the folder should be');
    expect(whats(await checkMedia(here()))).toEqual([
      expect.stringMatching(/^Files can't be stored: E(EXIST|NOTDIR)$/),
    ]);
  });

  it('of videos in a bucket likewise; a wrong key and a bucket that is away are faults', async () => {
    const s3 = await startS3Server();
    const bucket = {
      MEDIA_S3_BUCKET: s3.bucket,
      MEDIA_S3_ENDPOINT: s3.url,
      MEDIA_S3_ACCESS_KEY_ID: s3.key.accessKeyId,
      MEDIA_S3_SECRET_ACCESS_KEY: s3.key.secretAccessKey,
    };
    expect(await checkMedia(here(bucket))).toMatchObject({ findings: [] });
    expect(s3.objects.size).toBe(0);
    const refused = await checkMedia(here({ ...bucket, MEDIA_S3_SECRET_ACCESS_KEY: 'another secret' }));
    expect(whats(refused)).toEqual([expect.stringContaining("Files can't be stored")]);
    expect(JSON.stringify(refused)).not.toContain('another secret');
    await s3.close();
    expect(whats(await checkMedia(here(bucket)))).toEqual([expect.stringContaining("Files can't be stored")]);
  });

  it('need room: a disk with less than that is told of', async () => {
    const below = join(folder.path, 'not', 'there', 'yet');
    expect((await checkDisk(below, { least: 1, comfortable: 2 })).findings).toEqual([]);
    const nearly = await checkDisk(below, { least: 1, comfortable: Number.MAX_SAFE_INTEGER });
    expect(nearly.findings).toMatchObject([{ severity: 'warning' }]);
    const full = await checkDisk(below, { least: Number.MAX_SAFE_INTEGER, comfortable: Number.MAX_SAFE_INTEGER });
    expect(full.findings).toMatchObject([{ severity: 'fault', what: expect.stringContaining('is full') }]);
  });

  it('with secrets that anybody may read are told of', async () => {
    const secret = join(folder.path, 'jwt-secret');
    await writeFile(secret, 'x'.repeat(40), { mode: 0o600 });
    await writeFile(join(folder.path, '.env'), 'A=1', { mode: 0o640 });
    const file = new ConfigFile('providers:\n  openai:\n    apiKey: ${OPENAI_KEY}\n');
    const look = () => checkSecretFiles(here({ GATEWAY_CONFIG: file.path, OPENAI_KEY: 'k' }), folder.path);
    expect((await look()).findings).toEqual([]);
    await writeFile(join(folder.path, 'media-secret'), 'x'.repeat(40), { mode: 0o644 });
    file.replace('providers:\n  openai:\n    apiKey: a-written-key\n');
    expect(whats(await look())).toEqual([
      expect.stringContaining('media-secret holds secrets'),
      expect.stringContaining('gateway.yaml holds secrets'),
    ]);
    await rm(join(folder.path, 'media-secret'));
    const secret32 = `whsec_${Buffer.alloc(32).toString('base64')}`;
    for (const [text, holdsSecrets] of [
      ["providers: { near: { wire: openai, baseUrl: 'http://near/v1', apiKey: a-written-key } }", true],
      ["providers: { near: { wire: openai, baseUrl: 'http://near/v1', headers: { x-key: a-written-key } } }", true],
      ["providers: { near: { wire: openai, baseUrl: 'http://user:a-written-key@near/v1' } }", true],
      [`alerts: { webhooks: { pager: { url: 'https://pager.example/', secret: ${secret32} } } }`, true],
      ["providers: { near: { wire: openai, baseUrl: 'http://near/v1', headers: { http-referer: me } } }", false],
      ["providers: { near: { wire: openai, baseUrl: 'http://near/v1', apiKey: '${OPENAI_KEY}' } }", false],
    ] as const) {
      file.replace(text);
      expect([text, whats(await look())]).toEqual([
        text,
        holdsSecrets ? [expect.stringContaining('gateway.yaml holds secrets')] : [],
      ]);
    }
    file.remove();
  });
});

describe('prices', () => {
  const found = (yaml: string, variables: Record<string, string> = {}) => {
    const file = new ConfigFile(yaml);
    const result = checkPrices(inTest({ GATEWAY_CONFIG: file.path, ...variables }));
    file.remove();
    return whats(result);
  };
  const NEAR = 'providers:\n  near: {wire: openai, baseUrl: "http://127.0.0.1:9/v1", models: [llama-9]}\n';
  const UNPRICED = ["The model 'near:llama-9' has no price: requests for it are refused"];

  it('that are missing are told, by the model', () => {
    expect(found(NEAR)).toEqual(UNPRICED);
    expect(found(`${NEAR}models:\n  llama-9: {price: {input: 1, output: 2}}\n`)).toEqual([]);
    expect(found(NEAR, { DEFAULT_PRICE_USD_PER_MTOK: '1,2' })).toEqual([]);
  });

  it('of what aliases stand for are looked at, too', () => {
    expect(
      found(`${NEAR}models:\n  llama-9: {price: {input: 1, output: 2}}\naliases:\n  fast: gpt-99-unheard-of\n`),
    ).toEqual([]);
    const openai = { OPENAI_API_KEY: 'k' };
    expect(found('aliases:\n  fast: unheard-of-model\n', openai)).toEqual([
      "The model 'unheard-of-model' has no price: requests for it are refused",
    ]);
    expect(found('aliases:\n  fast: gpt-4\n', openai)).toEqual([]);
    expect(found('aliases:\n  fast: [unheard-of-model, gpt-4]\n', openai)).toEqual([
      "The alias 'fast' passes over 'unheard-of-model', which has no price at the providers here",
    ]);
    expect(found('aliases:\n  fast: [unheard-of-model, another-one]\n', openai)).toHaveLength(2);
  });
});
