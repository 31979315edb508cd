import { randomUUID } from 'node:crypto';
import { Attacker, errorCode } from '../support/attacker.js';
import { documentedRoutes, filledPath, type DocumentedRoute } from '../support/documented-routes.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame } from '../support/socket-client.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { generate } from '../support/videos.js';
import { WorkflowClient } from '../support/workflow-client.js';

/** What may be asked without a token: operators' (behind OPS_TOKEN where it is set), and files by their signed link. */
const OPEN = /^\/(?:health\/|metrics$|media\/\{key\}$)/;
/** Parameters that name what is one user's alone. A new one is to be put here, or below. */
const OWNED = ['id', 'videoId', 'workflowId'];
/** Those that name what is everybody's, or is guarded by a role or a signature. */
const SHARED = ['model', 'key', 'userId', 'tokenId', 'alertId', 'providerId'];
const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'PURGE', 'TRACE'];

const routes = documentedRoutes();
const isAdministration = ({ template }: DocumentedRoute) => template.startsWith('/api/mcp/admin/');
const named = (chosen: DocumentedRoute[]) =>
  chosen.map((route) => [`${route.method} ${route.template}`, route] as const);
const bodyOf = ({ takesBody }: DocumentedRoute) => (takesBody ? { body: '{}' } : {});

let app: VideoApp;
/** What is alice's. */
const owned: Record<string, string> = {};
let answer: Frame;

beforeAll(async () => {
  app = await startVideoApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', SIGNUP_CREDITS: '100000' });
  const alice = new RestClient(app.url, app.token('alice'));
  owned['videoId'] = (await generate(alice, { prompt: 'alice’s cat [[video ms=60000]]' })).body.videoId;
  const workflow = await new WorkflowClient(app.url, app.token('alice')).text('alice’s dog [[video ms=60000]]');
  owned['workflowId'] = workflow.body.workflowId;
  owned['id'] = randomUUID();
  const socket = await connect(app.wsUrl, app.token('alice'));
  const messages = [{ role: 'user', content: 'alice’s secret [[sim completion=5 gap=0]]' }];
  const fields = { type: 'chat', provider: 'auto', model: 'gpt-4', stream: true, maxTokens: 20, messages };
  answer = await socket.ask({ id: owned['id'], ...fields });
  await socket.close();
}, 60_000);
afterAll(() => app.close());

describe('every documented route', () => {
  it('is known here: whose the things are that its path names, and whether it is open', () => {
    expect(Object.values(owned).every((id) => id.length > 10) && answer.type).toBe('done');
    const names = new Set(routes.flatMap(({ parameters }) => parameters));
    expect([...names].filter((name) => !OWNED.includes(name) && !SHARED.includes(name) && name !== 'id')).toEqual([]);
    expect(routes.filter((route) => route.isOpen && !OPEN.test(route.template))).toEqual([]);
    expect(routes.length).toBeGreaterThan(30);
  });

  it.each(named(routes.filter(({ isOpen }) => !isOpen)))('%s is for nobody without a good token', async (_, route) => {
    const path = filledPath(route, owned);
    const strangers = [undefined, '', 'x.y.z', app.token('alice').slice(0, -2), `${app.token('alice')}x`];
    for (const token of strangers) {
      const outcome = await new Attacker(app.url, token).send({ method: route.method, path, ...bodyOf(route) });
      expect(outcome.status).toBe(401);
      expect(outcome.headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });

  it.each(named(routes.filter(({ isOpen }) => !isOpen)))('%s takes no token from its query', async (_, route) => {
    const token = app.token('alice');
    const path = `${filledPath(route, owned)}?token=${token}&access_token=${token}&authorization=Bearer%20${token}`;
    const { status } = await new Attacker(app.url).send({ method: route.method, path, ...bodyOf(route) });
    expect(status).toBe(401);
  });

  it.each(named(routes.filter(isAdministration)))('%s is for administrators alone', async (_, route) => {
    const path = filledPath(route, { ...owned, userId: 'mallory' });
    for (const roles of [['user'], ['service'], [], ['ADMIN'], ['admin '], ['user', '__proto__'], ['constructor']]) {
      const mallory = new Attacker(app.url, app.token('mallory', roles));
      const outcome = await mallory.send({ method: route.method, path, ...bodyOf(route) });
      expect([outcome.status, errorCode(outcome)]).toEqual([403, 'FORBIDDEN']);
    }
  });

  const ofOneUser = routes.filter(
    (route) => !isAdministration(route) && route.parameters.some((name) => OWNED.includes(name)),
  );
  it.each(named(ofOneUser))("%s knows nothing of what is another user's", async (_, route) => {
    const mallory = new Attacker(app.url, app.token('mallory'));
    const ask = (values: Record<string, string>) =>
      mallory.send({ method: route.method, path: filledPath(route, values), ...bodyOf(route) });
    const [others, unknown] = [await ask(owned), await ask({ id: randomUUID(), ...noneOf(owned) })];
    expect(others.status).toBe(404);
    // Word for word what is said of an id that nobody has: it can't be learned that there is one.
    const withoutIds = ({ text }: { text: string }) => text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID');
    expect(withoutIds(others)).toBe(withoutIds(unknown));
    expect(others.text).not.toContain('alice');
  });

  it.each(named(ofOneUser.filter(({ method }) => method === 'GET')))(
    '%s shows its owner what it has',
    async (_, route) => {
      const { status } = await new Attacker(app.url, app.token('alice')).send({
        method: 'GET',
        path: filledPath(route, owned),
      });
      expect(status).toBe(200);
    },
  );

  it('does nothing by a verb that it is not for', async () => {
    const documented = new Set(routes.map(({ method, template }) => `${method} ${template}`));
    const mallory = new Attacker(app.url, app.token('mallory', ['admin', 'user']));
    for (const template of new Set(routes.map((route) => route.template))) {
      const path = filledPath({ template } as DocumentedRoute, noneOf(owned));
      for (const method of VERBS.filter((verb) => !documented.has(`${verb} ${template}`))) {
        const overriding = { 'x-http-method-override': 'DELETE', 'x-method-override': 'POST' };
        const { status } = await mallory.send({ method, path, headers: overriding });
        expect([`${method} ${template}`, status]).toEqual([`${method} ${template}`, 404]);
      }
    }
  });
});

const noneOf = (values: Record<string, string>) =>
  Object.fromEntries(Object.keys(values).map((name) => [name, randomUUID()]));

describe("another user's things, by other ways than a path", () => {
  const mallory = () => new Attacker(app.url, app.token('mallory'));
  const get = (path: string) => mallory().send({ method: 'GET', path });

  it.each(['/api/mcp/usage', '/api/mcp/credits', '/api/mcp/credits/entries', '/api/mcp/videos'])(
    '%s is one’s own, whatever user its query names',
    async (path) => {
      for (const query of [
        'userId=alice',
        'user=alice',
        'userId[]=alice',
        'sub=alice',
        'userId=alice&userId=mallory',
      ]) {
        const { status, text } = await get(`${path}?${query}`);
        expect(status === 200 || status === 400).toBe(true);
        if (status === 200) for (const id of Object.values(owned)) expect(text).not.toContain(id);
      }
    },
  );

  it('are not in a list by their ids, nor by a cursor of their owner', async () => {
    const videos = await get(`/api/mcp/videos?workflowId=${owned['workflowId']}`);
    expect(videos.status).toBe(200);
    expect(videos.text).not.toContain(owned['videoId']);
    const alice = new RestClient(app.url, app.token('alice'));
    const { nextCursor } = (await alice.get<{ nextCursor: string }>('/api/mcp/credits/entries?limit=1')).body;
    const { status, text } = await get(`/api/mcp/credits/entries?cursor=${encodeURIComponent(nextCursor)}`);
    expect(status).toBe(200);
    for (const id of Object.values(owned)) expect(text).not.toContain(id);
  });

  it('are neither resumed nor stopped on a WebSocket', async () => {
    const socket = await connect(app.wsUrl, app.token('mallory'));
    const id = owned['id']!;
    const resumed = await socket.ask({ id, lastSeq: 0 });
    expect(resumed.error?.code).toBe('NOT_FOUND');
    socket.forget(id);
    await socket.ask({ id, cancel: true });
    expect(JSON.stringify(socket.received)).not.toContain('alice');
    await socket.close();
    const alice = await connect(app.wsUrl, app.token('alice'));
    expect((await alice.ask({ id, lastSeq: 0 })).type).toBe('done');
    await alice.close();
  });

  it('are not given out for the same Idempotency-Key', async () => {
    const order = (user: string) =>
      new Attacker(app.url, app.token(user)).send({
        method: 'POST',
        path: '/api/mcp/sora2/generate',
        headers: { 'idempotency-key': 'one-key' },
        body: JSON.stringify({ prompt: `${user}’s [[video ms=60000]]`, duration: 4, resolution: '720p' }),
      });
    const [hers, his] = [await order('alice'), await order('mallory')];
    expect([hers.status, his.status]).toEqual([200, 200]);
    expect(videoIdOf(his.text)).not.toBe(videoIdOf(hers.text));
  });

  it('are still there', async () => {
    const alice = new RestClient(app.url, app.token('alice'));
    const { body } = await alice.get(`/api/mcp/sora2/status/${owned['videoId']}`);
    expect(body['status']).toBe('processing');
  });
});

const videoIdOf = (text: string) => (JSON.parse(text) as { videoId: string }).videoId;
