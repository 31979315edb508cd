import { randomUUID } from 'node:crypto';
import { Attacker } from '../support/attacker.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { documentedRoutes, filledPath } from '../support/documented-routes.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { leaksIn } from '../support/leaks.js';
import { RawRequest } from '../support/raw-request.js';
import { connect } from '../support/socket-client.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';

/** A line of the log that nobody but an attacker wrote. */
const LINE = '{"level":60,"msg":"forged"}';
/** What could end a line, a header or a string, or move a terminal's cursor, with what is to be believed behind it. */
const ENDS = ['\r\n', '\n', '\r', '\0\n', '\u0085', '\u2028', '\u2029', '"}\n', '\\n', '\u001b[2K\r', '\u009b2K'];
const TEXTS = ENDS.map((end) => `x${end}${LINE}${end}Set-Cookie: forged=1${end}forged: 1`);
/** Those that a header's value may have at all: what else is in it Node's parser refuses. */
const HEADER_VALUES = [
  ...[`x${LINE}`, 'x%0d%0aforged: 1', 'x\u00e5\u0085forged', 'x\tforged: 1', '../../etc/passwd', '${jndi:ldap://x}'],
  ...['x'.repeat(2_000), `x","level":60,"msg":"forged`, "x' OR 1=1--", '\u00c4\u00d6'],
];
const HEADERS = [
  ...['x-request-id', 'idempotency-key', 'traceparent', 'tracestate', 'user-agent', 'referer', 'origin', 'host'],
  ...['x-forwarded-for', 'x-forwarded-proto', 'accept', 'accept-language', 'anthropic-version', 'openai-organization'],
  ...['if-none-match', 'range', 'last-event-id', 'cookie', 'sec-websocket-protocol', 'content-type'],
];

let database: TestDatabase;
let gateway: GatewayProcess;
let admin: Attacker;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startGateway({
    ...{ DATABASE_URL: database.url, PORT: '0', NODE_ENV: 'test', JWT_SECRET: TEST_SECRET, AUDIT_SECRET: TEST_SECRET },
    ...{ SIMULATED_PROVIDERS: 'on', SIGNUP_CREDITS: '100000', RATE_LIMITS: 'off', LOG_LEVEL: 'trace' },
    DEFAULT_PRICE_USD_PER_MTOK: '1,2',
  });
  admin = new Attacker(gateway.url, signToken('root', ['admin', 'user']));
}, 90_000);
afterAll(async () => {
  await gateway?.end('SIGKILL');
  await database.drop();
});

/** Nothing that was sent is in an answer's headers, but a request id that is well formed. */
function examine(headers: NodeJS.Dict<string | string[]>): void {
  expect(headers['forged']).toBeUndefined();
  expect(headers['set-cookie']).toBeUndefined();
  expect(headers['x-request-id']).toMatch(/^[A-Za-z0-9._:-]{1,128}$/);
  const { 'x-request-id': _, location: __, ...others } = headers;
  expect(JSON.stringify(others)).not.toContain('forged');
}

describe('what could end a line', () => {
  it('in a header is in no header of the answer', async () => {
    for (const name of HEADERS)
      for (const value of HEADER_VALUES) {
        const headers = { [name]: value };
        examine((await admin.send({ method: 'GET', path: '/api/mcp/credits', headers })).headers);
      }
    for (const value of HEADER_VALUES) {
      const headers = { 'idempotency-key': value, 'x-request-id': value };
      const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 });
      for (const path of ['/v1/chat/completions', '/v1/messages', '/api/mcp/sora2/generate'])
        examine((await admin.send({ method: 'POST', path, headers, body })).headers);
    }
  });

  it('written into a header as it is begins another one, or is refused', async () => {
    for (const end of ['\r\n', '\n', '\r', '\r\n ', '\0', '\u001b']) {
      const request = await RawRequest.open(gateway.url);
      request.write(`GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: x${end}${LINE}\r\n\r\n`);
      await eventually(() => expect(request.isClosed).toBe(true));
      expect([400, 404]).toContain(request.status);
      expect(request.answer).not.toContain('forged');
      expect(leaksIn(request.answer)).toEqual([]);
    }
  });

  it('in a path or a query is in no header of the answer, and no redirect leads by it', async () => {
    // The effective configuration has addresses of ours in it: administrators may see them.
    const templates = documentedRoutes().filter(
      ({ method, template }) => method === 'GET' && template !== '/api/mcp/admin/config',
    );
    for (const text of TEXTS) {
      const written = encodeURIComponent(text);
      const paths = [
        ...[`/docs/${written}`, `/${written}`, `/docs?${written}`, `/media/${written}?exp=${written}&sig=${written}`],
        ...templates.map((route) => `${filledPath(route, all(written, route.parameters))}?${written}=1`),
      ];
      for (const path of paths) {
        const { headers } = await admin.send({ method: 'GET', path });
        examine(headers);
        if (headers.location !== undefined) expect(headers.location).not.toMatch(/[\r\n]/);
      }
    }
  });

  it('in any name, id or text of a body is answered as a body', async () => {
    for (const text of TEXTS) {
      const messages = [{ role: 'user', content: text, name: text }];
      const bodies: [path: string, body: object][] = [
        ['/v1/chat/completions', { model: text, messages, user: text }],
        ['/v1/chat/completions', { model: 'gpt-4o', messages: [{ role: text, content: text }], [text]: text }],
        ['/v1/messages', { model: text, max_tokens: 5, messages, system: text, metadata: { user_id: text } }],
        ['/v1/embeddings', { model: text, input: text }],
        ['/api/mcp/estimate', { type: text, provider: text, model: text, stream: true, messages }],
        ['/api/mcp/sora2/generate', { prompt: text, duration: 4, resolution: text, sessionId: text }],
        ['/api/mcp/admin/accounts/x/freeze', { reason: text }],
        ['/api/mcp/admin/revocations', { userId: text, reason: text }],
        ['/api/mcp/admin/accounts/x/grants', { credits: 1, reason: text, idempotencyKey: text }],
        ['/api/mcp/admin/providers/openai/breaker', { action: text, reason: text }],
      ];
      for (const [path, body] of bodies)
        examine((await admin.send({ method: 'POST', path, body: JSON.stringify(body) })).headers);
    }
  });

  it('in a frame is answered as a frame, and the socket serves on', async () => {
    const socket = await connect(gateway.wsUrl, signToken('mallory'));
    for (const text of TEXTS) {
      const id = `${randomUUID()}${text}`;
      const messages = [{ role: 'user', content: text }];
      const good = { type: 'chat', provider: 'auto', model: 'gpt-4o', stream: true, maxTokens: 5, messages };
      for (const change of [{}, { model: text }, { provider: text }, { type: text }, { channel: text }, { [text]: 1 }])
        socket.send({ id, ...good, ...change });
      socket.send({ id, type: 'subscribe', channel: text });
      socket.send(text);
      await socket.ask({ id: randomUUID(), lastSeq: 0 });
    }
    const said = socket.received.filter(({ type }) => type === 'error').map((frame) => leaksIn(JSON.stringify(frame)));
    expect(said.flat()).toEqual([]);
    await socket.close();
  });

  it('made no line of the log, which is one JSON object a line and none of it an attacker’s', () => {
    const output = gateway.output();
    // eslint-disable-next-line no-control-regex -- what a terminal would act upon is what is looked for
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
    const lines = output.split('\n').filter((line) => line !== '');
    const begun = lines.findIndex((line) => line.startsWith('{'));
    const written = lines.slice(begun).filter((line) => !line.startsWith('{'));
    const parsed = lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed.length).toBeGreaterThan(50);
    for (const entry of parsed) {
      expect(entry).toMatchObject({ pid: gateway.pid, time: expect.any(Number) });
      expect(entry['msg']).not.toBe('forged');
      expect(Object.keys(entry)).not.toContain('forged');
      expect(entry['level']).toBeLessThan(50);
    }
    expect(written.filter((line) => /forged|Set-Cookie/.test(line))).toEqual([]);
  });
});

const all = (value: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, decodeURIComponent(value)]));
