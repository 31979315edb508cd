import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { chatBody, CompatClient, textOf, type OpenAiErrorBody } from '../support/compat-client.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';

const LONG = '[[sim completion=400 chunks=400 gap=20]]';

let gateway: TestApp;
beforeAll(async () => {
  gateway = await startTestApp({ DETACHED_MAX_MS: '20000' });
});
afterAll(() => gateway.close());
afterEach(() => gateway.simulator.reset());

const as = (user: string) => new CompatClient(gateway, user);

describe('an answer over HTTP', () => {
  it('says in its headers what it is', async () => {
    const answer = await as('alice').stream('[[sim completion=5]]', { 'x-request-id': 'my-own-id' });
    const headers = Object.fromEntries(answer.response.headers);
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-request-id': 'my-own-id',
    });
    expect((await answer.events()).at(-1)).toEqual({ data: '[DONE]' });
  });

  it('has its receipt under its id, and costs what that says', async () => {
    const answer = (await (await as('bob').post(chatBody('[[sim prompt=100 completion=50]]'))).json()) as {
      id: string;
      usage: { prompt_tokens: number; completion_tokens: number };
      gateway: { credits: number; balance: number };
    };
    const receipt = await new RestClient(gateway.url, gateway.token('bob')).get(`/api/mcp/requests/${answer.id}`);
    expect(receipt.body).toMatchObject({ id: answer.id, status: 'settled' });
    expect(answer.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 50 });
    const { charged, posted, held, faults } = await readLedger(gateway.databaseUrl, 'bob');
    expect(charged).toBe(BigInt(Math.round(answer.gateway.credits * 1e6)));
    expect(posted).toBe(BigInt(Math.round(answer.gateway.balance * 1e6)));
    expect({ held, faults }).toEqual({ held: 0n, faults: [] });
  });

  it('takes the key where Anthropic puts it', async () => {
    const { status } = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-api-key': gateway.token('alice'), 'content-type': 'application/json' },
      body: JSON.stringify(chatBody('hi')),
    });
    expect(status).toBe(200);
  });
});

describe('a request that is refused', () => {
  it('names the field at fault', async () => {
    const { error } = (await (await as('alice').post(chatBody('hi', { top_p: 2 }))).json()) as OpenAiErrorBody;
    expect(error).toMatchObject({ type: 'invalid_request_error', param: 'top_p', code: null });
  });

  it.each([
    ['without a key', {}, 401, 'invalid_api_key'],
    ['with a bad key', { authorization: 'Bearer nonsense' }, 401, 'invalid_api_key'],
  ])('%s', async (_, headers: Record<string, string>, status, code) => {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body: '{}' });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([status, expect.stringMatching(/^Bearer/)]);
    expect(await answer.json()).toMatchObject({ error: { code, type: 'invalid_request_error' } });
  });

  it('for want of a role', async () => {
    const headers = {
      authorization: `Bearer ${gateway.token('guest', ['visitor'])}`,
      'content-type': 'application/json',
    };
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify(chatBody('hi')),
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: { gateway: { code: 'FORBIDDEN' } } });
  });

  it('for a route that is not here, in the words of whoever asks', async () => {
    const openai = await as('alice').post({}, {}, '/v1/responses');
    expect(openai.status).toBe(404);
    const { error } = (await openai.json()) as OpenAiErrorBody;
    expect(error.message).toContain('There is no POST /v1/responses here');
    expect(error.message).toContain('POST /v1/chat/completions');
    const anthropic = await as('alice').post({}, { 'anthropic-version': '2023-06-01' }, '/v1/complete');
    expect(anthropic.headers.get('request-id')).toBe(anthropic.headers.get('x-request-id'));
    expect(await anthropic.json()).toMatchObject({
      type: 'error',
      error: { type: 'not_found_error' },
      request_id: anthropic.headers.get('request-id'),
    });
  });

  it.each([
    ['another content type', { 'content-type': 'text/plain' }, 'Content-Type: application/json'],
    ['a compressed body', { 'content-encoding': 'gzip' }, 'without a Content-Encoding'],
  ])('for %s', async (_, headers: Record<string, string>, words) => {
    const answer = await as('alice').post(chatBody('hi'), headers);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as OpenAiErrorBody).error.message).toContain(words);
  });

  it('for a body with a million members', async () => {
    const answer = await as('alice').post(`{"model":"m","messages":[${'0,'.repeat(1_000_000)}0]}`);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as OpenAiErrorBody).error.message).toContain('250000 fields');
  });
});

describe('an Idempotency-Key', () => {
  const key = (name: string) => ({ 'idempotency-key': name });

  it('replays the whole answer, streamed and not, and charges once', async () => {
    const first = await (await as('carol').stream('[[sim completion=20 chunks=20]]', key('s1'))).events();
    const second = await (await as('carol').stream('[[sim completion=20 chunks=20]]', key('s1'))).events();
    expect(textOf(second)).toBe(textOf(first));
    expect((first[0]!.data as { id: string }).id).toBe('s1');
    const whole = async () =>
      (await (await as('carol').post(chatBody('[[sim completion=7]]'), key('w1'))).json()) as object;
    expect(await whole()).toMatchObject({ ...(await whole()), created: expect.any(Number) });
    expect((await readLedger(gateway.databaseUrl, 'carol')).charges).toBe(2);
    expect(gateway.simulator.stats().requests).toBe(2);
  });

  it('attaches to the running answer', async () => {
    const content = '[[sim completion=60 chunks=60 gap=10]]';
    const first = await as('dave').stream(content, key('r1'));
    await first.until(5);
    const second = await as('dave').stream(content, key('r1'));
    const [one, other] = await Promise.all([first.events(), second.events()]);
    expect(textOf(other)).toBe(textOf(one));
    expect(gateway.simulator.stats().requests).toBe(1);
  });

  it('is a conflict with another body, which the client is told not to repeat', async () => {
    await as('erin').post(chatBody('one'), key('c1'));
    const answer = await as('erin').post(chatBody('two'), key('c1'));
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([409, 'false']);
    expect(await answer.json()).toMatchObject({ error: { code: 'idempotency_key_reused' } });
  });

  it.each(['', 'x'.repeat(129)])('that is none is refused: %j', async (name) => {
    const answer = await as('erin').post(chatBody('one'), key(name));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { param: 'Idempotency-Key' } });
  });

  it('names the request on the WebSocket too', async () => {
    const events = await (await as('frank').stream('[[sim completion=10 chunks=10]]', key('ws-1'))).events();
    const socket = await connect(gateway.wsUrl, gateway.token('frank'));
    await socket.ask({ id: 'ws-1', lastSeq: 0 });
    expect(socket.text('ws-1')).toBe(textOf(events));
    await socket.close();
  });

  it('lets the answer go on when its connection is closed, for the client to come back', async () => {
    const content = '[[sim completion=100 chunks=100 gap=10]]';
    const first = await as('grace').stream(content, key('d1'));
    await first.until(5);
    first.abort();
    const events = await (await as('grace').stream(content, key('d1'))).events();
    expect(events.at(-1)).toEqual({ data: '[DONE]' });
    const { requests, completed, aborted } = gateway.simulator.stats();
    expect({ requests, completed, aborted }).toEqual({ requests: 1, completed: 1, aborted: 0 });
  });
});

describe('a connection that the client closes', () => {
  const stopped = (userId: string) =>
    eventually(async () => {
      expect(gateway.simulator.stats()).toMatchObject({ open: 0, aborted: 1 });
      const facts = await readLedger(gateway.databaseUrl, userId);
      expect(facts).toMatchObject({ held: 0n, pendingHolds: 0, faults: [] });
      return facts;
    });

  it('is a cancel amid a stream: what was delivered is charged', async () => {
    const answer = await as('heidi').stream(LONG);
    await answer.until(5);
    answer.abort();
    expect((await stopped('heidi')).charges).toBe(1);
    expect(gateway.simulator.stats().chunks).toBeLessThan(400);
  });

  it('is a cancel of an answer that would have come whole', async () => {
    const controller = new AbortController();
    const answer = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: as('ivan').headers(),
      body: JSON.stringify(chatBody(LONG)),
      signal: controller.signal,
    });
    await eventually(() => expect(gateway.simulator.stats().chunks).toBeGreaterThan(3));
    controller.abort();
    await expect(answer).rejects.toThrow();
    await stopped('ivan');
  });

  it('is none while somebody else watches', async () => {
    const answer = await as('judy').stream('[[sim completion=60 chunks=60 gap=20]]');
    const [first] = await answer.until(3);
    const { id } = first!.data as { id: string };
    const socket = await connect(gateway.wsUrl, gateway.token('judy'));
    socket.send({ id, lastSeq: 0 });
    await socket.first('a chunk', (frame) => frame.id === id);
    answer.abort();
    expect((await socket.terminal(id)).type).toBe('done');
    await socket.close();
  });
});
