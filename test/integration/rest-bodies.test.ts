import { RequestBodies } from '../../src/limits/request-bodies.js';
import { startTestApp, type TestApp, type TestVariables } from '../support/app.js';
import { chatBody, CompatClient } from '../support/compat-client.js';
import { eventually } from '../support/eventually.js';
import { RawRequest } from '../support/raw-request.js';

const MIB = 1024 * 1024;
const CHAT = '/v1/chat/completions';
/** Nearly all of a body: its end is never sent. */
const MOST_OF_IT = Buffer.alloc(4 * MIB - 1, 'x');

let gateway: TestApp;
const opened: RawRequest[] = [];
afterEach(async () => {
  for (const request of opened.splice(0)) request.close();
  await eventually(() => expect(gateway.app.get(RequestBodies).counters).toEqual({ bytes: 0, bodies: 0 }));
  await gateway.close();
});

const start = async (variables: TestVariables) => (gateway = await startTestApp(variables));
const bodies = () => gateway.app.get(RequestBodies).counters;

async function open(user: string, headers: Record<string, string>, target = CHAT): Promise<RawRequest> {
  const request = await RawRequest.open(gateway.url);
  opened.push(request);
  return request.head(`POST ${target} HTTP/1.1`, {
    Host: 'gateway',
    Authorization: `Bearer ${gateway.token(user)}`,
    'Content-Type': 'application/json',
    ...headers,
  });
}

/** A body that is announced and comes, but for its last byte. */
const large = async (user: string, target?: string) =>
  (await open(user, { 'Content-Length': String(4 * MIB) }, target)).write(MOST_OF_IT);

const answered = (request: RawRequest, status: number) => eventually(() => expect(request.status).toBe(status), 10_000);

describe('bodies that are being read', () => {
  it('of any number of slow senders take bounded memory: the others are refused unread', async () => {
    await start({ REST_BODY_BYTES: String(64 * MIB) });
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const look = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 5);
    const requests = await Promise.all(Array.from({ length: 100 }, () => large('alice')));
    await eventually(() => expect(requests.filter(({ status }) => status === 429)).toHaveLength(96), 20_000);
    clearInterval(look);
    expect(bodies()).toEqual({ bytes: 16 * MIB, bodies: 4 });
    expect(most - before).toBeLessThan(64 * MIB); // 400 MiB were sent
    const refused = requests.find(({ status }) => status === 429)!;
    expect(refused.answer).toContain('Retry-After-Ms: 1000');
    expect(refused.answer).toContain('"code":"rate_limit_exceeded"');
    expect((await new CompatClient(gateway, 'bob').post(chatBody('hi'))).status).toBe(200);
  });

  it.each([
    [CHAT, 503, '"code":"server_overloaded"'],
    ['/v1/messages', 529, '"type":"overloaded_error"'],
    ['/v1/messages/count_tokens', 529, '"type":"overloaded_error"'],
    ['/v1/embeddings', 503, '"code":"server_overloaded"'],
    ['/api/mcp/estimate', 503, '"code":"QUEUE_OVERFLOW"'],
  ])('of all users are bounded too: %s says %i', async (path, status, words) => {
    await start({ REST_BODY_BYTES: String(8 * MIB), MAX_FRAME_BYTES: String(5 * MIB) });
    await Promise.all([large('alice'), large('bob')]);
    await eventually(() => expect(bodies().bodies).toBe(2));
    const third = await large('carol', path);
    await answered(third, status);
    expect(third.answer).toContain(words);
    expect(third.answer).toMatch(/Retry-After: 1\r\n/);
  });

  it('count by what came where nothing is announced', async () => {
    await start({ REST_BODY_BYTES: String(4 * MIB), MAX_FRAME_BYTES: String(3 * MIB) });
    const piece = `80000\r\n${'x'.repeat(0x80000)}\r\n`;
    const [first, second] = [
      (await open('alice', { 'Transfer-Encoding': 'chunked' })).write(piece.repeat(4)),
      await open('alice', { 'Transfer-Encoding': 'chunked' }),
    ];
    await eventually(() => expect(bodies()).toEqual({ bytes: 2 * MIB, bodies: 2 }));
    second.write(piece.repeat(2));
    await eventually(() => expect(bodies().bytes).toBe(3 * MIB));
    second.write(piece);
    await answered(second, 429);
    expect(first.status).toBe(0);
    second.write(`${piece}0\r\n\r\n`).head('GET /health/live HTTP/1.1', { Host: 'gateway' }); // the rest is passed over
    await eventually(() => expect(second.answer.match(/HTTP\/1\.1 200/g)).toHaveLength(1));
  });

  it('are not waited for when they trickle', async () => {
    await start({ REST_BODY_TIMEOUT_MS: '500' });
    const request = await open('alice', { 'Content-Length': '1000' });
    const trickle = setInterval(() => request.write('x'), 50);
    await answered(request, 400).finally(() => clearInterval(trickle));
    expect(request.answer).toContain('The body was not sent in time.');
    await eventually(() => expect(request.isClosed).toBe(true));
  });

  it('may take longer the more of them comes', async () => {
    await start({ REST_BODY_TIMEOUT_MS: '500' });
    const text = JSON.stringify(chatBody('x'.repeat(200 * 1024), { max_tokens: 5, model: 'gpt-4o' }));
    const begunMs = performance.now();
    const request = await open('alice', { 'Content-Length': String(text.length) });
    request.write(text.slice(0, -1));
    await eventually(() => expect(performance.now() - begunMs).toBeGreaterThan(1_500));
    expect(request.status).toBe(0);
    request.write(text.slice(-1));
    await answered(request, 200);
  });
});

describe('a request target that is a whole URL', () => {
  const send = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const length = String(Buffer.byteLength(body));
    return (await open('alice', { 'Content-Length': length, ...headers }, `http://gateway${path}`)).write(body);
  };
  const LARGE = 'x'.repeat(100 * 1024);

  it('leads to the same routes, whose large bodies are read', async () => {
    await start({});
    const chat = chatBody(LARGE, { max_tokens: 5, model: 'gpt-4o' });
    await answered(await send(CHAT, JSON.stringify(chat)), 200);
    const estimated = { ...chat, type: 'chat', provider: 'auto', stream: false, max_tokens: undefined };
    await answered(await send('/api/mcp/estimate?outputTokens=5', JSON.stringify(estimated)), 200);
  });

  it('does not have its body read before its sender is known', async () => {
    await start({});
    await answered(await send(CHAT, JSON.stringify(chatBody(LARGE)), { Authorization: 'Bearer nonsense' }), 401);
    const silent = await open(
      'alice',
      { 'Content-Length': '100000', Authorization: 'Bearer no' },
      `http://gateway${CHAT}`,
    );
    await answered(silent, 401);
  });
});
