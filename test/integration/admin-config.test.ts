import type { ConfigResponse } from '../../src/admin/config.dto.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { ConfigFile } from '../support/config-file.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';

const MARK = 'never-to-be-shown';
const file = (creditsPerDay: number) => `
providers:
  groq:
    wire: openai
    baseUrl: http://127.0.0.1:9/${MARK}
    apiKey: ${MARK}-of-groq
    headers: { x-key: ${MARK} }
    models: ['llama-*']
models:
  'llama-*': { price: { input: 1, output: 2 } }
roles:
  user: { limits: { creditsPerDay: ${creditsPerDay} } }
alerts:
  webhooks:
    pager: { url: 'http://127.0.0.1:9/${MARK}', secret: 'whsec_${Buffer.from(MARK.repeat(2)).toString('base64')}' }
`;
const SECRETS = {
  JWT_SECRET: `${MARK} of more than thirty-two bytes`,
  AUDIT_SECRET: `${MARK} of the trail, of more than thirty-two bytes`,
  MEDIA_SECRET: `${MARK} of links, of more than thirty-two bytes`,
  OPENAI_API_KEY: `${MARK}-of-openai`,
  ANTHROPIC_API_KEY: `${MARK}-of-claude`,
  OPS_TOKEN: `${MARK}-of-operators`,
  BUY_CREDITS_URL: `https://shop.example/?token=${MARK}`,
};

let yaml: ConfigFile;
let first: TestApp;
let second: TestApp;

beforeAll(async () => {
  yaml = new ConfigFile(file(100));
  first = await startTestApp({ ...SECRETS, GATEWAY_CONFIG: yaml.path });
  const DATABASE_URL = first.databaseUrl;
  second = await startTestApp({ ...SECRETS, OPS_TOKEN: 'another-one', GATEWAY_CONFIG: yaml.path, DATABASE_URL });
});
afterAll(async () => {
  await second?.close();
  await first?.close();
  yaml.remove();
});

const ask = (app: TestApp, roles = ['admin']) =>
  new RestClient(app.url, app.token('root', roles)).get<ConfigResponse>('/api/mcp/admin/config');
const config = async (app = first) => (await ask(app)).body;
const variable = (body: ConfigResponse, name: string) => body.variables.find((each) => each.name === name);
const setting = (body: ConfigResponse, name: string) => body.settings.find((each) => each.name === name);

test('an administrator sees what is in force, where it comes from, and no secret', async () => {
  const { status, headers, body } = await ask(first);
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(JSON.stringify(body)).not.toContain(MARK);
  const { username, password, host } = new URL(first.databaseUrl);
  if (password !== '') expect(JSON.stringify(body)).not.toContain(password);
  expect(JSON.stringify(variable(body, 'DATABASE_URL'))).toContain(host);
  expect(JSON.stringify(variable(body, 'DATABASE_URL'))).not.toContain(`${username}:`);
  expect(body.file).toMatchObject({ path: yaml.path, version: expect.stringMatching(/^[0-9a-f]{12}$/), faults: [] });
  expect(body.simulated).toEqual({ text: false, video: false });
  expect(variable(body, 'NODE_ENV')).toEqual({ name: 'NODE_ENV', value: 'test', source: 'given' });
  expect(setting(body, 'roles.user.limits.creditsPerDay')).toMatchObject({ value: 100, source: 'file', at: '12:21' });
  const ofClaude = { source: 'environment', variables: ['ANTHROPIC_API_KEY'] };
  expect(setting(body, 'providers.claude.apiKey')).toMatchObject(ofClaude);
});

test('users and services see nothing of it', async () => {
  for (const roles of [['user'], ['service'], []]) expect(await ask(first, roles)).toMatchObject({ status: 403 });
});

test('two nodes can be compared: each names itself, and equal secrets have equal fingerprints', async () => {
  const [one, other] = [await config(first), await config(second)];
  expect(one.node).not.toBe(other.node);
  expect(one.file.version).toBe(other.file.version);
  for (const name of ['JWT_SECRET', 'OPENAI_API_KEY', 'AUDIT_SECRET'])
    expect(variable(one, name)).toEqual(variable(other, name));
  expect(variable(one, 'OPS_TOKEN')).not.toEqual(variable(other, 'OPS_TOKEN'));
});

test('another file is told of once it is in force, and one that can not be used as a fault', async () => {
  const before = await config();
  yaml.replace(file(200));
  const after = await eventually(async () => {
    const body = await config();
    expect(body.file.version).not.toBe(before.file.version);
    return body;
  });
  expect(setting(after, 'roles.user.limits.creditsPerDay')).toMatchObject({ value: 200 });
  expect(Date.parse(after.file.loadedAt)).toBeGreaterThan(Date.parse(before.file.loadedAt));
  yaml.replace(`${file(300)}nonsense: ${MARK}\n`);
  const refused = await eventually(async () => {
    const body = await config();
    expect(body.file.faults).not.toEqual([]);
    return body;
  });
  expect(refused.file).toMatchObject({ version: after.file.version, loadedAt: after.file.loadedAt });
  expect(setting(refused, 'roles.user.limits.creditsPerDay')).toMatchObject({ value: 200 });
  expect(JSON.stringify(refused)).not.toContain(MARK);
});

test('without a file it says so, and shows what is built in', async () => {
  const app = await startTestApp();
  const body = await config(app);
  await app.close();
  expect(body.file).toMatchObject({ path: null, version: null, faults: [] });
  expect(setting(body, 'roles.user.capabilities')).toMatchObject({ source: 'built-in' });
});
