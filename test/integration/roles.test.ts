import { randomUUID } from 'node:crypto';
import { GatewayConfiguration } from '../../src/config/gateway-config/gateway-configuration.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { CompatClient } from '../support/compat-client.js';
import { ConfigFile } from '../support/config-file.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';

const ROLES = `
roles:
  user:
    limits: {requestsPerMinute: 60}
  writer:
    capabilities: [chat]
    models: [sim-*, gpt-4o-mini]
  visitor:
    capabilities: [chat]
    limits: {concurrentStreams: 2, tokensPerMinute: 500}
  saver:
    capabilities: [chat, usage]
    limits: {creditsPerDay: 0.001}
`;
const chat = (model = 'sim-1-0ms', more: object = {}) => ({
  ...{ id: randomUUID(), type: 'chat', provider: 'auto', model, stream: true },
  ...{ messages: [{ role: 'user', content: 'hello' }], ...more },
});

describe('roles of the configuration', () => {
  const file = new ConfigFile(ROLES);
  const nodes: TestApp[] = [];
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    const variables = { GATEWAY_CONFIG: file.path, DEFAULT_PRICE_USD_PER_MTOK: '1,2' };
    nodes.push(await startTestApp(variables));
    for (let node = 1; node < 3; node++) {
      nodes.push(await startTestApp({ ...variables, DATABASE_URL: nodes[0]!.databaseUrl }));
    }
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(async () => {
    for (const node of nodes.reverse()) await node.close();
    file.remove();
  });

  const client = async (user: string, roles: string[], node = 0) => {
    const opened = await connect(nodes[node]!.wsUrl, nodes[node]!.token(user, roles));
    clients.push(opened);
    return opened;
  };

  it('let 60 of 1,000 requests through that a user sends to three nodes, 30 at a time', async () => {
    const user = `crowd-${randomUUID()}`;
    const sockets = await Promise.all(nodes.map((_, node) => client(user, ['user'], node)));
    const ends: Frame[] = [];
    let left = 1_000;
    const sender = async (socket: SocketClient) => {
      while (left-- > 0) ends.push(await socket.ask(chat('sim-1-0ms', { stream: false })));
    };
    await Promise.all(sockets.flatMap((socket) => Array.from({ length: 10 }, () => sender(socket))));
    const refused = ends.filter(({ error }) => error);
    expect(ends.length - refused.length).toBe(60);
    for (const { error, seq } of refused) {
      expect(seq).toBeUndefined();
      expect(error).toMatchObject({
        code: 'RATE_LIMIT_EXCEEDED',
        details: { limit: 'requestsPerMinute', allowed: 60 },
      });
      expect(error!.retryAfterMs).toBeLessThanOrEqual(60_000);
    }
    const { charges, pendingHolds, faults } = await readLedger(nodes[0]!.databaseUrl, user);
    expect({ charges, pendingHolds, faults }).toEqual({ charges: 60, pendingHolds: 0, faults: [] });
  });

  it('tell over REST what is left of the minute', async () => {
    const user = new CompatClient(nodes[0]!, `rest-${randomUUID()}`);
    const body = { model: 'sim-1-0ms', messages: [{ role: 'user', content: 'hello' }] };
    const first = await user.post(body);
    expect(first.headers.get('RateLimit-Policy')).toBe('"requests";q=60;w=60');
    expect(first.headers.get('RateLimit')).toMatch(/^"requests";r=59;t=(60|59)$/);
    const streamed = await user.post({ ...body, stream: true });
    expect(streamed.headers.get('RateLimit')).toMatch(/^"requests";r=58;t=/);
    await streamed.text();
    await Promise.all(Array.from({ length: 58 }, () => user.post(body)));
    const refused = await user.post(body);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('RateLimit')).toMatch(/^"requests";r=0;t=/);
    expect(Number(refused.headers.get('Retry-After'))).toBeLessThanOrEqual(60);
  });

  it('let nobody use other models than theirs, nor stand-ins for them', async () => {
    const writer = await client('writer-1', ['writer']);
    const refused = await writer.ask(chat('claude-sonnet-5'));
    expect(refused.error).toMatchObject({ code: 'FORBIDDEN', details: { model: 'claude-sonnet-5' } });
    expect(await writer.ask(chat('sim-1-0ms'))).toMatchObject({ type: 'done' });
    // gpt-4o-mini falls back to a model of Claude's, which a writer may not use: the route is shorter
    const estimate = (roles: string[]) =>
      new RestClient(nodes[0]!.url, nodes[0]!.token('writer-1', roles)).post<{ chain: { provider: string }[] }>(
        '/api/mcp/estimate',
        chat('gpt-4o-mini'),
      );
    const providers = async (roles: string[]) => (await estimate(roles)).body.chain.map(({ provider }) => provider);
    expect(await providers(['user'])).toEqual(['openai', 'claude']);
    expect(await providers(['writer'])).toEqual(['openai']);
    const listed = await new RestClient(nodes[0]!.url, nodes[0]!.token('writer-1', ['writer'])).get<{
      models: { id: string }[];
      videos: unknown[];
    }>('/api/mcp/models');
    expect(listed.body.models.map(({ id }) => id)).toContain('gpt-4o-mini');
    expect(listed.body.models.filter(({ id }) => !/^(sim-|gpt-4o-mini$)/.test(id))).toEqual([]);
    expect(listed.body.videos).toEqual([]);
  });

  it('let two answers run at once on whichever node, where that is the limit', async () => {
    const user = `visitor-${randomUUID()}`;
    const sockets = await Promise.all(nodes.map((_, node) => client(user, ['visitor'], node)));
    const running = [chat('sim-50-100ms'), chat('sim-50-100ms')];
    for (const [index, request] of running.entries()) sockets[index]!.send(request);
    for (const [index, { id }] of running.entries()) await sockets[index]!.first('a chunk', (frame) => frame.id === id);
    expect(await sockets[2]!.ask(chat())).toMatchObject({
      error: { code: 'LIMIT_EXCEEDED', details: { limit: 'concurrentStreams', allowed: 2, used: 2 } },
    });
    sockets[0]!.send({ id: running[0]!.id, cancel: true });
    await sockets[0]!.terminal(running[0]!.id);
    expect(await sockets[2]!.ask(chat())).toMatchObject({ type: 'done' });
    sockets[1]!.send({ id: running[1]!.id, cancel: true });
    await sockets[1]!.terminal(running[1]!.id);
  });

  it('are not those of others that their name spells', async () => {
    const path = '/api/mcp/admin/accounts/somebody';
    const ask = (roles: string[]) => new RestClient(nodes[0]!.url, nodes[0]!.token('spelt', roles)).get(path);
    expect((await ask(['user', 'admin'])).status).not.toBe(403);
    expect((await ask(['["user","admin"]'])).status).toBe(403);
  });

  it('count tokens', async () => {
    const visitor = await client(`tokens-${randomUUID()}`, ['visitor']);
    expect(await visitor.ask(chat('sim-495-0ms'))).toMatchObject({ type: 'done' });
    expect(await visitor.ask(chat())).toMatchObject({
      error: { code: 'RATE_LIMIT_EXCEEDED', details: { limit: 'tokensPerMinute', allowed: 500 } },
    });
  });

  it('bound what a day may cost', async () => {
    const saver = await client(`saver-${randomUUID()}`, ['saver']);
    expect(await saver.ask(chat('gpt-4', { maxTokens: 100 }))).toMatchObject({
      error: { code: 'FORBIDDEN', retryable: false, details: { limit: 'creditsPerDay', allowed: 0.001 } },
    });
  });

  it('hold for whoever is connected as soon as they are changed', async () => {
    const writer = await client('writer-2', ['writer']);
    const configuration = nodes[0]!.app.get(GatewayConfiguration);
    const { inForce } = configuration;
    file.replace(ROLES.replace('models: [sim-*, gpt-4o-mini]', 'models: [gpt-4*]'));
    await eventually(() => expect(configuration.inForce).not.toBe(inForce));
    expect(await writer.ask(chat('sim-1-0ms'))).toMatchObject({ error: { code: 'FORBIDDEN' } });
    expect(await writer.ask(chat('gpt-4'))).toMatchObject({ type: 'done' });
    file.replace(ROLES);
  });
});
