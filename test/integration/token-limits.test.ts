import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type SocketClient } from '../support/socket-client.js';

const PRICE = { DEFAULT_PRICE_USD_PER_MTOK: '1,2' };
const nodes: TestApp[] = [];
const clients: SocketClient[] = [];
let worker: Awaited<ReturnType<typeof startTestWorker>>;
let admin: RestClient;
let database: Client;

beforeAll(async () => {
  nodes.push(await startTestApp(PRICE));
  for (let node = 1; node < 3; node++)
    nodes.push(await startTestApp({ ...PRICE, DATABASE_URL: nodes[0]!.databaseUrl }));
  worker = await startTestWorker(nodes[0]!, PRICE);
  admin = new RestClient(nodes[0]!.url, nodes[0]!.token('root', ['admin']));
  database = new Client({ connectionString: nodes[0]!.databaseUrl });
  await database.connect();
}, 60_000);
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await database.end();
  await worker.close();
  for (const node of nodes.reverse()) await node.close();
});

const path = (user: string) => `/api/mcp/admin/accounts/${user}`;
const limited = async (limits: object): Promise<string> => {
  const user = `limited-${randomUUID()}`;
  expect((await admin.ask('PATCH', `${path(user)}/limits`, JSON.stringify(limits))).status).toBe(200);
  return user;
};
const open = async (user: string, node = 0) => {
  const client = await connect(nodes[node]!.wsUrl, nodes[node]!.token(user));
  clients.push(client);
  return client;
};
const usageOf = async (user: string) =>
  (await admin.get<{ usage: { requestsThisMinute: number; tokensThisMinute: number } }>(path(user))).body.usage;
const chat = (model: string, content = 'hello') => ({
  ...{ id: randomUUID(), type: 'chat', provider: 'auto', model, stream: true },
  messages: [{ role: 'user', content }],
});

describe('tokens of a minute', () => {
  it('count an answer in the minute in which it ends', async () => {
    const user = await limited({ tokensPerMinute: 40 });
    const socket = await open(user);
    const long = chat('sim-40-20ms');
    socket.send(long);
    await socket.first('a chunk', ({ id }) => id === long.id);
    await database.query(
      `UPDATE access.minute SET began_at = began_at - interval '61 seconds' WHERE account_id = 'user:' || $1`,
      [user],
    );
    const { usage } = await socket.terminal(long.id);
    expect(usage!.completionTokens).toBe(40);
    expect(await usageOf(user)).toMatchObject({ requestsThisMinute: 0, tokensThisMinute: 40 });
    expect(await socket.ask(chat('sim-2-0ms'))).toMatchObject({
      error: { code: 'RATE_LIMIT_EXCEEDED', retryable: true, details: { limit: 'tokensPerMinute', used: 40 } },
    });
  });

  it('are not given back to who cancels before there is an answer', async () => {
    const user = await limited({ tokensPerMinute: 400 });
    const socket = await open(user);
    const slow = () => chat('sim-2-60000ms', 'word '.repeat(150));
    for (let nth = 1; nth <= 2; nth++) {
      const request = slow();
      socket.send(request);
      await eventually(async () => expect((await usageOf(user)).tokensThisMinute).toBeGreaterThan(nth * 150));
      socket.send({ id: request.id, cancel: true });
      expect(await socket.terminal(request.id)).toMatchObject({ error: { code: 'CANCELLED' }, usage: { credits: 0 } });
    }
    expect(await socket.ask(slow())).toMatchObject({
      error: { code: 'RATE_LIMIT_EXCEEDED', details: { limit: 'tokensPerMinute' } },
    });
  });
});

describe('whoever asks every way at once', () => {
  it('gets no more than the limit, over three nodes', async () => {
    const user = await limited({ requestsPerMinute: 60 });
    const sockets = await Promise.all(nodes.map((_, node) => open(user, node)));
    const model = 'sim-2-0ms';
    const asked = Array.from({ length: 1_000 }, async (_, index) => {
      const node = index % 3;
      if (index % 9 < 3) return (await sockets[node]!.ask(chat(model))).type === 'done';
      if (index % 9 < 6)
        return (await sockets[node]!.ask({ ...chat(model), stream: false, background: true })).error === undefined;
      const rest = new RestClient(nodes[node]!.url, nodes[node]!.token(user));
      return (await rest.post('/v1/chat/completions', { model, messages: chat(model).messages })).status === 200;
    });
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(60);
    await eventually(async () =>
      expect(await readLedger(nodes[0]!.databaseUrl, user)).toMatchObject({ charges: 60, pendingHolds: 0, faults: [] }),
    );
  }, 60_000);
});
