import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { JwtService } from '@nestjs/jwt';
import { startTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { connect, UpgradeRefusedError, type SocketClient } from '../support/socket-client.js';

const sign = (claims: object, secret = TEST_SECRET, options = {}) => new JwtService({ secret }).sign(claims, options);

describe('the protocol of the WebSocket', () => {
  let gateway: TestApp;
  let client: SocketClient;
  const valid = {
    type: 'chat',
    provider: 'auto',
    model: 'sim-2-1ms',
    messages: [{ role: 'user', content: 'x' }],
    stream: true,
  };

  beforeAll(async () => {
    gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2', MAX_FRAME_BYTES: '20000' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    client = await connect(gateway.wsUrl, gateway.token('alice'));
  });
  afterEach(() => client.terminate());

  it.each([
    ['type', { type: 'talk' }, "'chat', 'completion' or 'embedding'"],
    ['type', { type: undefined }, "'chat', 'completion' or 'embedding'"],
    ['provider', { provider: 'a provider' }, "'auto' or the name of a provider"],
    ['model', { model: 'gpt 4\n' }, 'printable ASCII'],
    ['model', { model: 17 }, 'printable ASCII'],
    ['stream', { stream: 'yes' }, 'true or false'],
    ['messages', { messages: [] }, 'at least 1'],
    ['messages', { messages: 'hello' }, 'list of messages'],
    [
      'messages[1].role',
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'robot', content: 'y' },
        ],
      },
      "'system', 'user', 'assistant' or 'tool'",
    ],
    ['messages[0].content', { messages: [{ role: 'user', content: 5 }] }, 'must be a string'],
    ['messages[0].content[0]', { messages: [{ role: 'user', content: [{ type: 'video' }] }] }, 'must be a part'],
    ['messages[0].rolle', { messages: [{ rolle: 'user', role: 'user', content: 'x' }] }, 'is no field'],
    ['maxTokens', { maxTokens: 0 }, 'from 1 to'],
    ['maxTokens', { maxTokens: 1.5 }, 'whole number'],
    ['temperature', { temperature: 3 }, 'from 0 to 2'],
    ['topP', { topP: -1 }, 'from 0 to 1'],
    ['stop', { stop: ['a', 'b', 'c', 'd', 'e'] }, '1 to 4'],
    ['fallback', { fallback: 1 }, 'true or false'],
    ['lastSeq', { lastSeq: -1 }, 'from 0 on'],
    ['prompt', { prompt: 'x' }, 'send messages'],
    ['prompt', { type: 'completion', prompt: 'x' }, 'one of them'],
    ['prompt', { type: 'embedding', messages: undefined, prompt: ['a', ''] }, 'none empty'],
    ['maxTokes', { maxTokes: 5 }, 'did you mean maxTokens'],
  ])('names the field %s when it is %j', async (field, fault, allowed) => {
    const id = randomUUID();
    const { error, seq } = await client.ask({ ...valid, ...fault, id });
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', retryable: false });
    expect(seq).toBeUndefined();
    const fields = error!.details!['fields'] as { field: string; message: string }[];
    expect(fields.map((each) => each.field)).toContain(field);
    expect(fields.find((each) => each.field === field)!.message).toContain(allowed);
    expect(error!.message).toContain(field);
    client.forget(id);
    expect((await client.ask({ ...valid, id })).type).toBe('done'); // lost nothing: socket and id are as good as before
  });

  it('names an id that can not be one, and has none to answer to', async () => {
    for (const id of ['', ' a', 'é', 'x'.repeat(129), 5, null, undefined]) {
      client.forget('');
      client.send({ ...valid, id });
      const { error } = await client.terminal('');
      expect(error!.message).toContain('id must be a string of 1 to 128 printable ASCII characters');
    }
  });

  it('is not confused by keys that Object knows', async () => {
    client.send(
      '{"id":"p","type":"chat","provider":"auto","model":"sim-2-1ms","stream":true,"messages":[{"role":"user","content":"x"}],"__proto__":{"isAdmin":true},"constructor":1}',
    );
    expect((await client.terminal('p')).error!.code).toBe('VALIDATION_ERROR');
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  it.each([
    [
      'messages',
      `{"id":"deep","type":"chat","provider":"auto","model":"m","stream":true,"messages":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
    ],
    [
      'content',
      `{"id":"deep","type":"chat","provider":"auto","model":"m","stream":true,"messages":[{"role":"user","content":${'['.repeat(9_000)}${']'.repeat(9_000)}}]}`,
    ],
    [
      'stop',
      `{"id":"deep","type":"chat","provider":"auto","model":"m","stream":true,"messages":[{"role":"user","content":"x"}],"stop":${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}}`,
    ],
    ['lastSeq', `{"id":"deep","lastSeq":${'['.repeat(9_000)}${']'.repeat(9_000)}}`],
  ])('survives a frame that is nested too deeply at %s', async (_, frame) => {
    client.send(frame);
    expect((await client.terminal('deep')).error).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect((await client.ask({ ...valid, id: randomUUID() })).type).toBe('done');
  });

  it('closes with 4400 after three unparsable frames in a row, and not for less', async () => {
    client.send('{no json');
    client.send('[1]');
    expect((await client.ask({ ...valid, id: randomUUID() })).type).toBe('done');
    for (const frame of ['{no json', '"text"', 'null']) client.send(frame);
    expect((await client.closed()).code).toBe(4400);
    expect(client.frames('').every(({ error }) => error!.code === 'VALIDATION_ERROR')).toBe(true);
  });

  it('takes no binary frames', async () => {
    client.socket.send(Buffer.from(JSON.stringify({ ...valid, id: 'b' })));
    expect((await client.terminal('')).error!.message).toContain('text');
  });

  it('closes with 1009 at a frame that is too large', async () => {
    client.send({ ...valid, id: 'large', messages: [{ role: 'user', content: 'x'.repeat(20_000) }] });
    expect((await client.closed()).code).toBe(1009);
  });

  it('closes with 4401 when the token expires', async () => {
    const token = sign({ sub: 'alice', roles: ['user'] }, TEST_SECRET, { expiresIn: 1 });
    const short = await connect(gateway.wsUrl, token);
    expect((await short.closed()).code).toBe(4401);
  });

  it.each([
    ['without a token', undefined, 401, 'UNAUTHORIZED'],
    ['with a token that is none', 'nonsense', 401, 'UNAUTHORIZED'],
    ['with an expired token', sign({ sub: 'a', exp: 1_000_000_000 }), 401, 'UNAUTHORIZED'],
    ['with a token that never expires', sign({ sub: 'a' }), 401, 'UNAUTHORIZED'],
    ["with another's signature", sign({ sub: 'a' }, 'x'.repeat(40), { expiresIn: 60 }), 401, 'UNAUTHORIZED'],
  ])('refuses a socket %s before the handshake, as plain HTTP', async (_, token, status, code) => {
    const refusal = (await connect(gateway.wsUrl, token).catch((error: unknown) => error)) as UpgradeRefusedError;
    expect(refusal).toBeInstanceOf(UpgradeRefusedError);
    expect(refusal.status).toBe(status);
    expect(refusal.body).toMatchObject({ error: { code } });
    expect(refusal.headers['content-type']).toMatch(/application\/json/);
  });

  it('refuses a page of a strange origin, and a path that is not /mcp', async () => {
    const strange = connect(gateway.wsUrl, gateway.token('alice'), { headers: { origin: 'https://evil.example' } });
    await expect(strange).rejects.toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
    const elsewhere = connect(gateway.wsUrl.replace('/mcp', '/other'), gateway.token('alice'));
    await expect(elsewhere).rejects.toMatchObject({ status: 404 });
  });

  it("lets a browser in by a ticket, once, and echoes only the protocol's own name", async () => {
    const answer = await fetch(`${gateway.url}/api/mcp/ws-ticket`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.token('carol')}` },
    });
    const { ticket, expiresIn } = (await answer.json()) as { ticket: string; expiresIn: number };
    expect(expiresIn).toBe(30);
    const browser = await connect(gateway.wsUrl, undefined, { protocols: ['mcp.v1', `ticket.${ticket}`] });
    expect(browser.socket.protocol).toBe('mcp.v1');
    expect((await browser.ask({ ...valid, id: randomUUID() })).type).toBe('done');
    await browser.close();
    await expect(
      connect(gateway.wsUrl, undefined, { protocols: ['mcp.v1', `ticket.${ticket}`] }),
    ).rejects.toMatchObject({ status: 401 });
  });

  it('serves nobody whose roles give nothing', async () => {
    const nobody = await connect(gateway.wsUrl, gateway.token('dave', []));
    expect((await nobody.ask({ ...valid, id: randomUUID() })).error).toMatchObject({ code: 'FORBIDDEN' });
    await nobody.close();
  });

  it('refuses a model without a price where no default is set', async () => {
    const strict = await startTestApp();
    const user = await connect(strict.wsUrl, strict.token('alice'));
    expect((await user.ask({ ...valid, id: randomUUID(), model: 'llama-x' })).error).toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    await user.close();
    await strict.close();
  });

  it('refuses frames beyond the budget of a socket with an error, and answers the others', async () => {
    const ids = Array.from({ length: 520 }, () => randomUUID());
    for (const id of ids) client.send({ id, cancel: true });
    const codes = await Promise.all(ids.map(async (id) => (await client.terminal(id)).error!.code));
    expect(codes.filter((code) => code !== 'NOT_FOUND')).toEqual(Array(20).fill('RATE_LIMIT_EXCEEDED'));
  });
});

describe('a frame as large as can be', () => {
  let gateway: TestApp;
  beforeAll(async () => {
    gateway = await startTestApp();
  });
  afterAll(() => gateway.close());

  it.each([
    ['unknown fields', `{"id":"x"${Array.from({ length: 1_250_000 }, (_, index) => `,"k${index}":1`).join('')}}`],
    ['messages', `{"id":"x","type":"chat","messages":[${'5,'.repeat(2_000_000)}5]}`],
    ['texts', `{"id":"x","type":"chat","messages":[${'"",'.repeat(5_000_000)}5]}`],
    ['messages within messages', `{"id":"x","type":"chat","messages":[${'{},[],'.repeat(2_500_000)}5]}`],
  ])('of nothing but %s is refused without holding up the others', async (_, frame) => {
    const begunMs = performance.now();
    JSON.parse(frame);
    const parsingMs = performance.now() - begunMs; // how quick the machine is at the moment
    const client = await connect(gateway.wsUrl, gateway.token('alice'));
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    client.send(frame);
    const { error } = await client.first('the refusal', ({ type }) => type === 'error');
    delay.disable();
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(delay.max / 1e6).toBeLessThan(Math.max(1_000, parsingMs));
    await client.close();
  });
});
