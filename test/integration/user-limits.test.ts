import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type SocketClient } from '../support/socket-client.js';

const NONE = {
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrentStreams: null,
  creditsPerDay: null,
  creditsPerMonth: null,
  videosPerDay: null,
};
const nodes: TestApp[] = [];
const clients: SocketClient[] = [];
let admin: RestClient;
let database: Client;

beforeAll(async () => {
  nodes.push(await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' }));
  nodes.push(await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', DATABASE_URL: nodes[0]!.databaseUrl }));
  admin = new RestClient(nodes[0]!.url, nodes[0]!.token('root', ['admin']));
  database = new Client({ connectionString: nodes[0]!.databaseUrl });
  await database.connect();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await database.end();
  for (const node of nodes.reverse()) await node.close();
});

const path = (user: string) => `/api/mcp/admin/accounts/${user}`;
const patch = (user: string, body: object | string, client = admin) =>
  client.ask('PATCH', `${path(user)}/limits`, typeof body === 'string' ? body : JSON.stringify(body));
const client = async (user: string, node: number) => {
  const opened = await connect(nodes[node]!.wsUrl, nodes[node]!.token(user));
  clients.push(opened);
  return opened;
};
const chat = (model = 'sim-2-0ms') => ({
  ...{ id: randomUUID(), type: 'chat', provider: 'auto', model, stream: true },
  messages: [{ role: 'user', content: 'hello' }],
});

describe('limits of a single user', () => {
  it('hold from the next request on, on every node, until they are taken back', async () => {
    const user = `limited-${randomUUID()}`;
    const sockets = [await client(user, 0), await client(user, 1)];
    expect(await sockets[1]!.ask(chat())).toMatchObject({ type: 'done' });
    expect(await patch(user, { requestsPerMinute: 2 })).toMatchObject({
      status: 200,
      body: { userId: user, limits: { ...NONE, requestsPerMinute: 2 }, usage: { requestsThisMinute: 0 } },
    });
    expect(await sockets[1]!.ask(chat())).toMatchObject({ type: 'done' });
    expect(await sockets[0]!.ask(chat())).toMatchObject({ type: 'done' });
    for (const socket of sockets) {
      expect(await socket.ask(chat())).toMatchObject({
        error: { code: 'RATE_LIMIT_EXCEEDED', details: { limit: 'requestsPerMinute', allowed: 2, used: 2 } },
      });
    }
    await patch(user, { requestsPerMinute: null });
    expect(await sockets[1]!.ask(chat())).toMatchObject({ type: 'done' });
    const { rows } = await database.query('SELECT FROM access.user_limit WHERE account_id = $1', [`user:${user}`]);
    expect(rows).toEqual([]);
  });

  it('that a request alone exceeds are no matter of waiting, whichever way it comes', async () => {
    const user = `large-${randomUUID()}`;
    await patch(user, { tokensPerMinute: 20 });
    const large = { ...chat(), messages: [{ role: 'user', content: 'word '.repeat(100) }] };
    const socket = await client(user, 0);
    for (const request of [large, { ...large, id: randomUUID(), stream: false, background: true }]) {
      const { error } = await socket.ask(request);
      expect(error).toEqual({
        code: 'FORBIDDEN',
        message: expect.stringMatching(/^Your limit is 20 tokens a minute, and this request alone asks for \d{3};/),
        retryable: false,
        details: { limit: 'tokensPerMinute', allowed: 20, asked: expect.any(Number) },
      });
    }
    const { model, messages } = large;
    const rest = new RestClient(nodes[1]!.url, nodes[1]!.token(user));
    const refused = await rest.post('/v1/chat/completions', { model, messages });
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([403, null]);
    expect(await socket.ask(chat())).toMatchObject({ type: 'done' });
  });

  it('are shown with what counts against them', async () => {
    const user = `shown-${randomUUID()}`;
    const socket = await client(user, 1);
    await patch(user, { creditsPerDay: 50.5, creditsPerMonth: 100.000001, videosPerDay: 0, concurrentStreams: 3 });
    const { usage } = await socket.ask(chat());
    const running = chat('sim-400-50ms');
    socket.send(running);
    await socket.first('a chunk', ({ id }) => id === running.id);
    const { body } = await admin.get<{ limits: object; held: number; usage: Record<string, number> }>(path(user));
    expect(body.limits).toEqual({
      ...NONE,
      ...{ creditsPerDay: 50.5, creditsPerMonth: 100.000001, videosPerDay: 0, concurrentStreams: 3 },
    });
    expect(body.usage).toMatchObject({
      ...{ creditsToday: usage!.credits, creditsThisMonth: usage!.credits, concurrentStreams: 1, videosToday: 0 },
      creditsHeld: body.held,
    });
    expect(body.held).toBeGreaterThan(0);
    socket.send({ id: running.id, cancel: true });
    await socket.terminal(running.id);
  });

  it('stay where a change leaves them out, and each change is in the trail with what was before', async () => {
    const user = `changed-${randomUUID()}`;
    await patch(user, { requestsPerMinute: 60, creditsPerDay: 12.5 });
    await patch(user, { creditsPerDay: null, videosPerDay: 3 });
    const { body } = await patch(user, {});
    expect(body).toMatchObject({ limits: { ...NONE, requestsPerMinute: 60, videosPerDay: 3 } });
    const { rows } = await database.query(
      "SELECT actor, details FROM audit.event WHERE subject = $1 AND action = 'admin.limits' ORDER BY at",
      [user],
    );
    expect(rows).toEqual([
      {
        actor: 'user:root',
        details: {
          requestsPerMinute: 60,
          requestsPerMinuteBefore: null,
          creditsPerDay: 12.5,
          creditsPerDayBefore: null,
        },
      },
      {
        actor: 'user:root',
        details: { creditsPerDay: null, creditsPerDayBefore: 12.5, videosPerDay: 3, videosPerDayBefore: null },
      },
    ]);
  });

  it('that two administrators set at once are both kept', async () => {
    const user = `both-${randomUUID()}`;
    const changes = [{ requestsPerMinute: 1 }, { videosPerDay: 2 }, { tokensPerMinute: 3 }, { creditsPerDay: 4 }];
    await Promise.all(changes.map((change) => patch(user, change)));
    const { body } = await patch(user, {});
    expect(body['limits']).toEqual({ ...NONE, ...Object.assign({}, ...changes) });
  });

  it.each([
    ['requestsPerMinute', '-1'],
    ['requestsPerMinute', '1.5'],
    ['requestsPerMinute', '"60"'],
    ['tokensPerMinute', '1000000001'],
    ['concurrentStreams', 'true'],
    ['videosPerDay', '[1]'],
    ['creditsPerDay', '-0.5'],
    ['creditsPerDay', '0.0000001'],
    ['creditsPerMonth', '1000000000'],
    ['creditsPerMonth', '999999999.5'],
    ['creditsPerMonth', '"1"'],
    ['creditsPerYear', '1'],
  ])('are refused with %s %s, naming the field', async (field, value) => {
    expect(await patch('nobody', `{"${field}":${value}}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: { fields: [{ field }] } } },
    });
  });

  it('are set by nobody but administrators', async () => {
    const mallory = new RestClient(nodes[0]!.url, nodes[0]!.token('mallory', ['service']));
    expect((await patch('mallory', { requestsPerMinute: null }, mallory)).status).toBe(403);
  });
});
