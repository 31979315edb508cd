import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from '../support/app.js';
import { ConfigFile } from '../support/config-file.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient, type RestBody } from '../support/rest-client.js';
import { SMALL, WorkflowClient } from '../support/workflow-client.js';
import { generate } from '../support/videos.js';

const ROLES = `
roles:
  filmer:
    capabilities: [video, usage]
    limits: {videosPerDay: 3}
  saver:
    capabilities: [video, usage]
    limits: {creditsPerDay: 2000}
  hasty:
    capabilities: [video, usage]
    limits: {requestsPerMinute: 2}
  runner:
    capabilities: [video, usage]
    models: {video: [gen4*]}
  stranger:
    capabilities: [video, usage]
    models: {video: [sim-*]}
`;

/** No worker: what is ordered waits, and stays held. */
describe('videos of roles that are limited', () => {
  const file = new ConfigFile(ROLES);
  const nodes: TestApp[] = [];
  const newUser = () => `film-${randomUUID()}`;
  const client = (user: string, role: string, node = 0) =>
    new RestClient(nodes[node]!.url, nodes[node]!.token(user, [role]));

  beforeAll(async () => {
    const variables = { GATEWAY_CONFIG: file.path, SIGNUP_CREDITS: '100000', VIDEO_ENHANCE_WAIT_MS: '1000' };
    nodes.push(await startTestApp(variables));
    nodes.push(await startTestApp({ ...variables, DATABASE_URL: nodes[0]!.databaseUrl }));
  });
  afterAll(async () => {
    for (const node of nodes.reverse()) await node.close();
    file.remove();
  });

  it('are as many a day as the limit says, also where ten are ordered at once on two nodes', async () => {
    const user = newUser();
    const orders = await Promise.all(
      Array.from({ length: 10 }, (_, index) => generate(client(user, 'filmer', index % 2))),
    );
    expect(orders.filter(({ status }) => status === 200)).toHaveLength(3);
    const refused = orders.filter(({ status }) => status !== 200);
    for (const { status, body, headers } of refused) {
      expect(status).toBe(429);
      expect(body).toMatchObject({
        error: { code: 'LIMIT_EXCEEDED', details: { limit: 'videosPerDay', allowed: 3, used: 3 } },
      });
      expect(Number(headers.get('Retry-After'))).toBeLessThanOrEqual(24 * 3_600);
    }
    expect(await readLedger(nodes[0]!.databaseUrl, user)).toMatchObject({ pendingHolds: 3, faults: [] });
  });

  it('count no longer once they are cancelled, and a repeat of an order is none', async () => {
    const user = newUser();
    const first = await generate(client(user, 'filmer'), {}, { 'Idempotency-Key': 'k' });
    await generate(client(user, 'filmer'));
    const workflows = new WorkflowClient(nodes[1]!.url, nodes[1]!.token(user, ['filmer']));
    const text = { workflow: 'text-to-video', input: { text: 'a cat' }, parameters: SMALL };
    expect((await workflows.begin(text)).status).toBe(200);
    expect(await workflows.begin(text)).toMatchObject({ status: 429, body: { error: { code: 'LIMIT_EXCEEDED' } } });
    const repeat = await generate(client(user, 'filmer', 1), {}, { 'Idempotency-Key': 'k' });
    expect(repeat).toMatchObject({ status: 200, body: { videoId: first.body.videoId } });
    const { videoId } = first.body;
    expect(await client(user, 'filmer').ask('DELETE', `/api/mcp/videos/${videoId}`)).toMatchObject({ status: 200 });
    expect((await generate(client(user, 'filmer'))).status).toBe(200);
  });

  it('are held within the credits of a day', async () => {
    const user = newUser();
    const first = await generate(client(user, 'saver')); // 4 s: 800 credits, 960 with the stand-in
    const { held } = await readLedger(nodes[0]!.databaseUrl, user);
    expect([first.status, held]).toEqual([200, 960_000_000n]);
    expect((await generate(client(user, 'saver', 1))).status).toBe(200);
    expect(await generate(client(user, 'saver'))).toMatchObject({
      status: 429,
      body: {
        error: {
          code: 'LIMIT_EXCEEDED',
          details: { limit: 'creditsPerDay', allowed: 2_000, used: 0, held: 1_920, asked: 960 },
        },
      },
    });
  });

  it('are refused for good where one costs more than the credits of a day', async () => {
    const refused = await generate(client(newUser(), 'saver'), { duration: 12 }); // 2,400 credits
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([403, null]);
    expect(refused.body).toMatchObject({
      error: { code: 'FORBIDDEN', details: { limit: 'creditsPerDay', allowed: 2_000, asked: 2_400 } },
    });
  });

  it('say what is left of the minute', async () => {
    const user = newUser();
    expect((await generate(client(user, 'hasty'))).headers.get('RateLimit')).toMatch(/^"requests";r=1;t=(60|59)$/);
    const workflows = new WorkflowClient(nodes[1]!.url, nodes[1]!.token(user, ['hasty']));
    const text = { workflow: 'text-to-video', input: { text: 'a cat' }, parameters: SMALL };
    expect((await workflows.begin(text)).headers.get('RateLimit')).toMatch(/^"requests";r=0;t=/);
    const refused = await generate(client(user, 'hasty'));
    expect([refused.status, refused.headers.get('RateLimit-Policy')]).toEqual([429, '"requests";q=2;w=60']);
    expect(refused.headers.get('RateLimit')).toMatch(/^"requests";r=0;t=/);
  });

  it('are made by the models that the role may use, or not at all', async () => {
    const estimate = (role: string, body: object) =>
      client(newUser(), role).post<RestBody & { model: string; standIns: unknown[] }>('/api/mcp/estimate/video', body);
    const small = { workflow: 'text-to-video', input: { text: 'a cat' }, parameters: SMALL };
    expect((await estimate('filmer', small)).body).toMatchObject({ model: 'sora-2', standIns: [{ model: 'gen4.5' }] });
    expect((await estimate('runner', small)).body).toMatchObject({ model: 'gen4.5', standIns: [] });
    const forbidden = { status: 403, body: { error: { code: 'FORBIDDEN', details: { model: 'sora-2' } } } };
    expect(await estimate('stranger', small)).toMatchObject(forbidden);

    const [runner, stranger] = [newUser(), newUser()];
    const ordered = await generate(client(runner, 'runner'));
    const status = await client(runner, 'runner').get(`/api/mcp/sora2/status/${ordered.body.videoId}`);
    expect(status.body).toMatchObject({ provider: 'runway', model: 'gen4.5' });
    expect(await generate(client(stranger, 'stranger'))).toMatchObject(forbidden);
    const workflows = new WorkflowClient(nodes[0]!.url, nodes[0]!.token(stranger, ['stranger']));
    expect(await workflows.begin(small)).toMatchObject(forbidden);
    expect(await readLedger(nodes[0]!.databaseUrl, stranger)).toMatchObject({ pendingHolds: 0, charges: 0 });
  });
});
