import { randomBytes } from 'node:crypto';
import { WsTicketStore } from '../../src/auth/ws-ticket.store.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { Attacker } from '../support/attacker.js';
import { RawRequest } from '../support/raw-request.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type ConnectOptions, type UpgradeRefusedError } from '../support/socket-client.js';

const ALLOWED = 'https://app.example';
const STRANGE = [
  ...['https://evil.example', 'null', 'https://app.example.evil.example', 'https://evilapp.example', 'app.example'],
  ...['http://app.example', 'https://app.example:444', 'https://app.example@evil.example', 'https://app.example/'],
  ...['file://', 'chrome-extension://abc', 'https://APP.example.', 'https://app.example, https://evil.example'],
];

let gateway: TestApp;
beforeAll(async () => {
  gateway = await startTestApp({ ALLOWED_ORIGINS: ALLOWED });
});
afterAll(() => gateway.close());

const upgrade = (options: ConnectOptions, token: string | undefined = gateway.token('alice')) =>
  connect(gateway.wsUrl, token, options).then(
    async (socket) => (await socket.close(), 101),
    (error: unknown) => (error as UpgradeRefusedError).status,
  );
const newTicket = async () =>
  (await new RestClient(gateway.url, gateway.token('alice')).post<{ ticket: string }>('/api/mcp/ws-ticket')).body
    .ticket;
const redeem = (ticket: string, headers: Record<string, string> = {}) =>
  connect(gateway.wsUrl, undefined, { protocols: ['mcp.v1', `ticket.${ticket}`], headers }).then(
    async (socket) => (await socket.close(), 101),
    (error: unknown) => (error as UpgradeRefusedError).status,
  );

describe('a page of another site', () => {
  it.each(STRANGE)('%s opens no WebSocket, not even with a good token or ticket', async (origin) => {
    expect(await upgrade({ headers: { origin } })).toBe(403);
    const ticket = await newTicket();
    expect(await redeem(ticket, { origin })).toBe(403);
    expect(await redeem(ticket, { origin: ALLOWED })).toBe(101); // which the refusal did not use up
  });

  it.each(STRANGE)('%s reads no answer', async (origin) => {
    const alice = new Attacker(gateway.url, gateway.token('alice'));
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
    for (const [method, headers] of [
      ['GET', { origin }],
      ['OPTIONS', { origin, ...asked }],
    ] as const) {
      const outcome = await alice.send({ method, path: '/api/mcp/credits', headers });
      expect(outcome.headers['access-control-allow-origin']).toBeUndefined();
      expect(outcome.headers['access-control-allow-credentials']).toBeUndefined();
      expect(outcome.headers.vary).toContain('Origin');
    }
  });

  it('has no cookie that a browser would send along', async () => {
    const token = gateway.token('alice');
    const headers = { cookie: `token=${token}; authorization=Bearer ${token}`, origin: ALLOWED };
    const outcome = await new Attacker(gateway.url).send({ method: 'GET', path: '/api/mcp/credits', headers });
    expect(outcome.status).toBe(401);
    expect(outcome.headers['set-cookie']).toBeUndefined();
    expect(
      await connect(gateway.wsUrl, undefined, { headers }).catch((error: UpgradeRefusedError) => error.status),
    ).toBe(401);
  });

  it('can not put what it wants to know into a simple form', async () => {
    const alice = new Attacker(gateway.url, gateway.token('alice'));
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const headers = { 'content-type': type };
      const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] });
      const outcome = await alice.send({ method: 'POST', path: '/v1/chat/completions', headers, body });
      expect(outcome.status).toBe(400);
    }
  });

  it('shows no answer in a frame of its own', async () => {
    const { headers } = await new Attacker(gateway.url).send({ method: 'GET', path: '/docs' });
    expect(headers['content-security-policy']).toContain("frame-ancestors 'self'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
  });
});

describe('a ticket', () => {
  it('opens one socket, of any number that try at once', async () => {
    const ticket = await newTicket();
    const tries = await Promise.all(Array.from({ length: 20 }, () => redeem(ticket)));
    expect(tries.sort((a, b) => a - b)).toEqual([101, ...Array<number>(19).fill(401)]);
    expect(await redeem(ticket)).toBe(401);
  });

  it('can not be guessed from others, nor be anything but what was issued', async () => {
    const ticket = await newTicket();
    const swapped = ticket.at(-2) === 'A' ? 'B' : 'A';
    const guesses = [
      ...[ticket.slice(0, -1), `${ticket}A`, ticket.slice(0, -2) + swapped + ticket.at(-1), ticket.toUpperCase()],
      ...['', '%27%20OR%201%3D1--', '*', '0'.repeat(43), 'x'.repeat(8_000)],
      ...Array.from({ length: 200 }, () => randomBytes(32).toString('base64url')),
    ];
    for (const guess of guesses) expect([guess, [400, 401].includes(await redeem(guess))]).toEqual([guess, true]);
    expect(await redeem(ticket)).toBe(101);
  });

  it('does not outlive the token that it was issued for', async () => {
    const holder = { userId: 'alice', roles: ['user'], expiresAtMs: Date.now() - 1 };
    expect(await redeem(await gateway.app.get(WsTicketStore, { strict: false }).issue(holder))).toBe(401);
  });

  it('is no token', async () => {
    const ticket = await newTicket();
    const { status } = await new Attacker(gateway.url, ticket).send({ method: 'GET', path: '/api/mcp/credits' });
    expect(status).toBe(401);
    expect(
      await connect(`${gateway.wsUrl}?ticket=${ticket}&token=${gateway.token('alice')}`, undefined).catch(
        (error: UpgradeRefusedError) => error.status,
      ),
    ).toBe(401);
  });
});

describe('a host or an address that the sender makes up', () => {
  const FORGED = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example',
  };

  it('is in no answer, and leads nowhere', async () => {
    const alice = new Attacker(gateway.url, gateway.token('alice'));
    for (const path of [
      '/api/mcp/models',
      '/docs-json',
      '/docs',
      '/nowhere',
      '/api/mcp/videos',
      '/',
      '//evil.example/x',
    ]) {
      const outcome = await alice.send({ method: 'GET', path, headers: FORGED });
      expect(`${outcome.text}${JSON.stringify(outcome.headers)}`).not.toContain('evil.example');
    }
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    '/%2f%2fevil.example',
    '/docs//evil.example/..',
    '/https://evil.example',
  ])('%s redirects nobody to another site', async (path) => {
    const { status, headers } = await new Attacker(gateway.url).send({ method: 'GET', path });
    if (status >= 300 && status < 400) expect(headers.location).toMatch(/^\/[^/\\]/);
  });

  it('is not the origin of a page: what a proxy says of the host is not asked', async () => {
    const headers = { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' };
    expect(await upgrade({ headers })).toBe(403);
  });

  it('that is missing is refused', async () => {
    const request = await RawRequest.open(gateway.url);
    request.write('GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n');
    await eventually(() => expect(request.status).toBe(400));
    request.close();
  });
});
