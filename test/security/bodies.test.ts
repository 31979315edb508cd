import { randomUUID } from 'node:crypto';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { startTestApp, type TestApp } from '../support/app.js';
import { Attacker } from '../support/attacker.js';
import { documentedRoutes, filledPath } from '../support/documented-routes.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect } from '../support/socket-client.js';

/** What is to be small must not become large. */
const LARGE = Buffer.alloc(32 * 1024 * 1024, ' ');
const FAST = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const BOMBS: [encoding: string, body: Buffer][] = [
  ['gzip', gzipSync(LARGE)],
  ['deflate', deflateSync(LARGE)],
  ['br', brotliCompressSync(LARGE, FAST)],
  ['zstd', Buffer.from('28b52ffd', 'hex')],
  ['gzip, gzip', gzipSync(gzipSync(LARGE))],
  ['gzip', Buffer.from('not gzip at all')],
];
const routes = documentedRoutes().filter(({ takesBody }) => takesBody);
const named = routes.map((route) => [`${route.method} ${route.template}`, route] as const);

let gateway: TestApp;
let admin: Attacker;
beforeAll(async () => {
  gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' });
  admin = new Attacker(gateway.url, gateway.token('root', ['admin', 'user']));
});
afterEach(() => {
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});
afterAll(() => gateway.close());

/** Fields that would be worth a lot to whoever could set them. */
const WANTED = {
  userId: 'alice',
  user_id: 'alice',
  sub: 'alice',
  roles: ['admin'],
  capabilities: ['admin'],
  isAdmin: true,
  balance: 1e9,
  amount: -5,
  price: 0,
  free: true,
  accountId: 'user:alice',
  status: 'completed',
};
const POLLUTION = ['{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}'];
/** Good but for what an attack adds. */
const GOOD: Record<string, object> = {
  '/v1/chat/completions': { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 },
  '/v1/messages': { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 },
  '/v1/messages/count_tokens': { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'hi' }] },
  '/v1/embeddings': { model: 'text-embedding-3-small', input: 'hi' },
  '/api/mcp/estimate': {
    type: 'chat',
    provider: 'auto',
    model: 'gpt-4o',
    stream: true,
    messages: [{ role: 'user', content: 'hi' }],
  },
  '/api/mcp/estimate/video': { workflow: 'text-to-video', input: { text: 'hi' } },
  '/api/mcp/sora2/generate': { prompt: 'hi', duration: 4, resolution: '720p' },
  '/api/mcp/gpt/video-workflow': { workflow: 'text-to-video', input: { text: 'hi' }, sessionId: 's' },
  '/api/mcp/admin/accounts/{userId}/grants': { credits: 1, reason: 'test', idempotencyKey: 'k' },
  '/api/mcp/admin/accounts/{userId}/freeze': { reason: 'test' },
  '/api/mcp/admin/accounts/{userId}/limits': { requestsPerMinute: 1 },
};
/** Theirs is the wire of vendors whose clients send fields of their own; what is not known is passed over there. */
const isVendors = (template: string) => template.startsWith('/v1/');

describe.each(named)('a body of %s', (_, route) => {
  const send = (body: string | Buffer, headers: Record<string, string> = {}) =>
    admin.send({ method: route.method, path: filledPath(route, { userId: 'victim' }), body, headers });

  it('sets nothing that it is not for', async () => {
    for (const [field, value] of Object.entries(WANTED)) {
      const { status } = await send(JSON.stringify({ ...GOOD[route.template], [field]: value }));
      if (!isVendors(route.template)) expect([field, status]).toEqual([field, 400]);
    }
  });

  it('changes no prototype', async () => {
    for (const text of POLLUTION) {
      await send(text);
      const good = JSON.stringify(GOOD[route.template] ?? { a: 1 });
      await send(`${good.slice(0, -1)},${text.slice(1)}`);
    }
  });

  it('of any depth, or of no sense, is refused', async () => {
    const deep = (times: number) => '{"a":'.repeat(times) + '1' + '}'.repeat(times);
    const bodies = [
      ...['{', 'null', '[]', '"x"', '1', 'true', '{"a":1', '{"a":1}}', '\ufeff{}x', '{"a":\u0000}', "{'a':1}"],
      ...[deep(5_000), deep(10_000), '['.repeat(60_000), '[['.repeat(10_000) + ']]'.repeat(10_000)],
      ...[`{"messages":${deep(10_000)}}`, `{"input":${deep(5_000)}}`, '{"credits":1e999,"credits":-1}'],
      ...[
        `{"${'k'.repeat(50_000)}":1}`,
        `{${Array.from({ length: 5_000 }, (_unused, index) => `"k${index}":0`).join()}}`,
      ],
    ];
    for (const body of bodies) {
      const { status } = await send(body);
      expect([body.slice(0, 40), status]).toEqual([body.slice(0, 40), 400]);
    }
    expect((await send(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]))).status).toBe(400);
  });

  it('that is too large is refused', async () => {
    const { status } = await send(`{"prompt":"${'x'.repeat(17 * 1024 * 1024)}"}`).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error;
        return { status: 413 }; // refused before all of it was sent
      },
    );
    expect(status).toBe(413);
  });

  it.each(BOMBS)('that is packed (%s) is not unfolded', async (encoding, body) => {
    const { status } = await send(body, { 'content-encoding': encoding });
    expect([400, 413]).toContain(status);
  });
});

describe('frames', () => {
  it('are not unfolded: compression is offered in vain', async () => {
    const headers = { authorization: `Bearer ${gateway.token('alice')}` };
    const socket = new WebSocket(gateway.wsUrl, { headers, perMessageDeflate: true });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    expect(socket.extensions).toBe('');
    socket.terminate();
  });

  it('set nothing that they are not for, and change no prototype', async () => {
    const socket = await connect(gateway.wsUrl, gateway.token('mallory'));
    const request = {
      type: 'chat',
      provider: 'auto',
      model: 'gpt-4o',
      stream: true,
      maxTokens: 5,
      messages: [{ role: 'user', content: 'x' }],
    };
    for (const [field, value] of Object.entries(WANTED)) {
      const id = randomUUID();
      const { error } = await socket.ask({ id, ...request, [field]: value });
      expect([field, error?.code]).toEqual([field, 'VALIDATION_ERROR']);
    }
    for (const text of POLLUTION) {
      const id = randomUUID();
      socket.send(`{"id":"${id}",${text.slice(1)}`);
      expect((await socket.terminal(id)).error?.code).toBe('VALIDATION_ERROR');
    }
    await socket.close();
  });

  it('of any depth are refused, and the socket serves on', async () => {
    const socket = await connect(gateway.wsUrl, gateway.token('mallory'));
    for (const times of [1_000, 100_000]) {
      const id = randomUUID();
      socket.send(`{"id":"${id}","type":"chat","messages":${'['.repeat(times)}${']'.repeat(times)}}`);
      const { error } = await socket.first('the refusal', (frame) => frame.id === id || frame.id === '');
      expect(error?.code).toBe('VALIDATION_ERROR');
    }
    expect((await socket.ask({ id: 'last', lastSeq: 0 })).error?.code).toBe('NOT_FOUND');
    await socket.close();
  });
});

it('gives nobody anything', async () => {
  for (const user of ['alice', 'mallory', 'root']) {
    const { posted, faults } = await readLedger(gateway.databaseUrl, user);
    expect(posted).toBeLessThanOrEqual(10_000n * 1_000_000n); // what everybody begins with
    expect(faults).toEqual([]);
  }
});
