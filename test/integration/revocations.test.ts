import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Ledger } from '../../src/billing/ledger/ledger.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type SocketClient } from '../support/socket-client.js';
import { signToken } from '../support/tokens.js';

const CLOSED_WITHIN_MS = 2_000;
const PATH = '/api/mcp/admin/revocations';
const nodes: TestApp[] = [];
const clients: SocketClient[] = [];
let admin: RestClient;
let database: Client;

beforeAll(async () => {
  nodes.push(await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' }));
  for (let node = 1; node < 3; node++)
    nodes.push(await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', DATABASE_URL: nodes[0]!.databaseUrl }));
  admin = new RestClient(nodes[0]!.url, nodes[0]!.token('root', ['admin']));
  database = new Client({ connectionString: nodes[0]!.databaseUrl });
  await database.connect();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.terminate().catch(() => undefined)));
});
afterAll(async () => {
  await database.end();
  for (const node of nodes.reverse()) await node.close();
});

const newUser = () => `u-${randomUUID()}`;
const open = async (token: string, node: number) => {
  const client = await connect(nodes[node]!.wsUrl, token);
  clients.push(client);
  return client;
};
const openEverywhere = (token: string) => Promise.all(nodes.map((_, node) => open(token, node)));
const rest = (token: string, node = 0) => new RestClient(nodes[node]!.url, token);
const readmit = (query: string) => admin.ask('DELETE', `${PATH}?${query}`);
const chat = (model = 'sim-2-0ms') => ({
  ...{ id: randomUUID(), type: 'chat', provider: 'auto', model, stream: true },
  messages: [{ role: 'user', content: 'hello' }],
});
/** Every one was closed so, in time. */
async function allClosed(sockets: SocketClient[], code: number, sinceMs: number): Promise<void> {
  for (const socket of sockets) expect(await socket.closed(CLOSED_WITHIN_MS)).toMatchObject({ code });
  expect(performance.now() - sinceMs).toBeLessThan(CLOSED_WITHIN_MS);
}

describe('a user who is shut out', () => {
  it('loses the sockets on every node, and gets no new one, no ticket and no answer over REST until let in again', async () => {
    const user = newUser();
    const token = signToken(user);
    const sockets = await openEverywhere(token);
    const { body: early } = await rest(token, 1).post<{ ticket: string }>('/api/mcp/ws-ticket');
    const sinceMs = performance.now();
    const made = await admin.post(PATH, { userId: user, reason: 'abuse' });
    expect(made).toMatchObject({ status: 201, body: { userId: user, reason: 'abuse', expiresAt: null } });
    await allClosed(sockets, 4403, sinceMs);
    for (const [index, node] of nodes.entries()) {
      await expect(connect(node.wsUrl, token)).rejects.toMatchObject({
        status: 403,
        body: { error: { code: 'FORBIDDEN' } },
      });
      expect(await rest(token, index).get('/api/mcp/credits')).toMatchObject({ status: 403 });
    }
    expect(await rest(token).post('/api/mcp/ws-ticket')).toMatchObject({ status: 403 });
    const protocols = ['mcp.v1', `ticket.${early.ticket}`];
    await expect(connect(nodes[2]!.wsUrl, undefined, { protocols })).rejects.toMatchObject({ status: 403 });

    expect((await readmit(`userId=${user}`)).status).toBe(200);
    for (const index of nodes.keys())
      await eventually(async () => expect((await rest(token, index).get('/api/mcp/credits')).status).toBe(200), 2_000);
    expect(await (await open(token, 2)).ask(chat())).toMatchObject({ type: 'done' });
  });

  it('is found out by every node alone, where no message comes through', async () => {
    const user = newUser();
    const sockets = await openEverywhere(signToken(user));
    const sinceMs = performance.now();
    await database.query("INSERT INTO access.revocation (name, reason) VALUES ($1, 'by hand')", [`user:${user}`]);
    await allClosed(sockets, 4403, sinceMs);
  });

  it('holds nothing new from the very commit on, whatever the node knows', async () => {
    const user = newUser();
    const socket = await open(signToken(user), 1);
    expect(await socket.ask(chat())).toMatchObject({ type: 'done' });
    await database.query('INSERT INTO access.revocation (name) VALUES ($1)', [`user:${user}`]);
    const key = { accountId: `user:${user}`, requestId: `ws:${randomUUID()}` };
    const wish = { fingerprint: 'f', amount: 1n, ttlMs: 1_000, terms: '{}' };
    expect(await nodes[1]!.app.get(Ledger, { strict: false }).hold({ ...key, ...wish })).toMatchObject({
      result: 'revoked',
    });
  });

  it('has what runs stopped, and is charged for what was delivered', async () => {
    const user = newUser();
    const socket = await open(signToken(user), 2);
    const request = chat('sim-400-50ms');
    socket.send(request);
    await socket.first('a chunk', ({ id }) => id === request.id);
    await admin.post(PATH, { userId: user, reason: 'abuse' });
    await eventually(async () =>
      expect(await readLedger(nodes[0]!.databaseUrl, user)).toMatchObject({ pendingHolds: 0, charges: 1, faults: [] }),
    );
    await readmit(`userId=${user}`);
    const back = await (async () => {
      let client: SocketClient | undefined;
      await eventually(async () => (client = await open(signToken(user), 2)));
      return client!;
    })();
    const end = await back.ask({ id: request.id, lastSeq: 0 });
    expect(end).toMatchObject({ type: 'error', error: { code: 'CANCELLED' } });
    expect(end.usage!.completionTokens).toBeLessThan(400);
    expect(end.usage!.credits).toBeGreaterThan(0);
  });
});

describe('a token that is revoked', () => {
  it("loses its sockets on every node; the user's other tokens do not", async () => {
    const user = newUser();
    const [lost, other] = [signToken(user, ['user'], `t-${user}`), signToken(user, ['user'], `o-${user}`)];
    const [sockets, others] = [await openEverywhere(lost), await openEverywhere(other)];
    const running = chat('sim-40-20ms');
    sockets[0]!.send(running);
    await sockets[0]!.first('a chunk', ({ id }) => id === running.id);
    const sinceMs = performance.now();
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    const made = await admin.post(PATH, { tokenId: `t-${user}`, reason: 'laptop stolen', expiresAt });
    expect(made).toMatchObject({ status: 201, body: { tokenId: `t-${user}`, expiresAt } });
    await allClosed(sockets, 4401, sinceMs);
    await expect(connect(nodes[1]!.wsUrl, lost)).rejects.toMatchObject({ status: 401 });
    const refused = await rest(lost, 2).get('/api/mcp/credits');
    expect([refused.status, refused.headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
    expect(await others[1]!.ask({ id: running.id, lastSeq: 0 })).toMatchObject({ type: 'done' }); // the answer went on
    expect(others.map(({ socket }) => socket.readyState)).toEqual([1, 1, 1]);
  });

  it('has its streams over HTTP cut off, too', async () => {
    const user = newUser();
    const token = signToken(user, ['user'], `t-${user}`);
    const response = await fetch(`${nodes[1]!.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sim-400-50ms', stream: true, messages: [{ role: 'user', content: 'hello' }] }),
    });
    expect(response.status).toBe(200);
    const sinceMs = performance.now();
    await admin.post(PATH, { tokenId: `t-${user}`, reason: 'laptop stolen' });
    await expect(response.text()).rejects.toThrow();
    expect(performance.now() - sinceMs).toBeLessThan(CLOSED_WITHIN_MS);
  });

  it('is known by its digest where its id is none of printable ASCII', async () => {
    const jti = `é-${randomUUID()}`;
    const token = signToken(newUser(), ['user'], jti);
    expect((await admin.post(PATH, { tokenId: jti, reason: 'r' })).status).toBe(201);
    await eventually(async () => expect((await rest(token).get('/api/mcp/credits')).status).toBe(401), 2_000);
    expect((await readmit(`tokenId=${encodeURIComponent(jti)}`)).status).toBe(200);
  });
});

describe('the list of revocations', () => {
  it('has the newest first, in pages, and each act is in the trail', async () => {
    const tokens = Array.from({ length: 5 }, () => `list-${randomUUID()}`);
    for (const tokenId of tokens) await admin.post(PATH, { tokenId, reason: `of ${tokenId}` });
    type Page = { revocations: { tokenId?: string; reason: string }[]; nextCursor: string | null };
    const listed: string[] = [];
    let cursor = '';
    while (listed.length < 5) {
      const { body } = await admin.get<Page>(`${PATH}?limit=2${cursor}`);
      listed.push(...body.revocations.map(({ tokenId }) => tokenId!));
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(listed.slice(0, 5)).toEqual(tokens.reverse());
    await readmit(`tokenId=${tokens[0]}`);
    const trail =
      "SELECT actor, action, details FROM audit.event WHERE subject = $1 AND action LIKE 'admin.%' ORDER BY at";
    expect((await database.query(trail, [`token:${tokens[0]}`])).rows).toEqual([
      { actor: 'user:root', action: 'admin.revoke', details: { reason: `of ${tokens[0]}` } },
      { actor: 'user:root', action: 'admin.readmit', details: {} },
    ]);
  });

  it.each([
    ['nobody', { reason: 'r' }, 'userId'],
    ['both at once', { userId: 'a', tokenId: 'b', reason: 'r' }, 'userId'],
    ['a name that can be none', { userId: ' a', reason: 'r' }, 'userId'],
    ['a token without a name', { tokenId: '', reason: 'r' }, 'tokenId'],
    ['no reason', { userId: 'a' }, 'reason'],
    ['oneself', { userId: 'root', reason: 'r' }, 'userId'],
    ['a user for a time', { userId: 'a', reason: 'r', expiresAt: '2099-01-01T00:00:00Z' }, 'expiresAt'],
    ['a token that has expired', { tokenId: 'a', reason: 'r', expiresAt: '2001-01-01T00:00:00Z' }, 'expiresAt'],
    ['a time that is none', { tokenId: 'a', reason: 'r', expiresAt: 'soon' }, 'expiresAt'],
    ['what nobody knows', { userId: 'a', reason: 'r', until: 1 }, 'until'],
  ])('takes nothing of %s', async (_, body, field) => {
    expect(await admin.post(PATH, body)).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: { fields: [{ field }] } } },
    });
  });

  it('knows nobody who was not shut out, and obeys administrators alone', async () => {
    expect(await readmit('userId=nobody')).toMatchObject({ status: 404 });
    expect(await readmit('')).toMatchObject({ status: 400 });
    const service = rest(signToken('mallory', ['service']));
    const answers = [
      await service.post(PATH, { userId: 'alice', reason: 'r' }),
      await service.ask('DELETE', `${PATH}?userId=alice`),
      await service.get(PATH),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
});
