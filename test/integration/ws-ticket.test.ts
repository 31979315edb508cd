import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { HandshakeAuthenticator, type Handshake } from '../../src/auth/handshake-authenticator.js';
import type { Identity } from '../../src/auth/identity.js';
import type { ClaimRules } from '../../src/auth/token-claims.js';
import { createTokenSignature } from '../../src/auth/token-signature.js';
import { TokenAttempts } from '../../src/auth/token-attempts.js';
import { TokenVerifier } from '../../src/auth/token-verifier.js';
import { DevelopmentTokens } from '../../src/auth/development-token.js';
import { MAXIMUM_TICKETS_PER_USER, WsTicketStore } from '../../src/auth/ws-ticket.store.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { createDataSource } from '../../src/database/data-source.js';
import type { DatabaseServer } from '../../src/database/database-server.js';
import { ConnectionRates } from '../../src/limits/connection-rates.js';
import { RateStore } from '../../src/limits/rate-store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { capabilitiesOf } from '../support/tokens.js';

const key = { kind: 'secret' as const, secret: 'a secret of more than thirty-two bytes' };
const rules: ClaimRules = { issuer: undefined, audience: undefined, capabilitiesOf, assertAdmitted: () => undefined };
const environment = parseEnvironment({
  JWT_SECRET: key.secret,
  ALLOWED_ORIGINS: 'https://app.example',
  RATE_LIMITS: 'off',
});
const tokens = new DevelopmentTokens(environment, key);

let database: TestDatabase;
/** Two nodes that share one database. */
let nodes: { dataSource: DataSource; tickets: WsTicketStore; handshake: HandshakeAuthenticator }[];

async function startNode() {
  const dataSource = await createDataSource(database.url).initialize();
  const tickets = new WsTicketStore(dataSource);
  const store = new RateStore(environment, { url: database.url } as DatabaseServer);
  const verifier = new TokenVerifier(createTokenSignature(key), rules);
  const attempts = new TokenAttempts(verifier, new ConnectionRates(environment, store));
  return { dataSource, tickets, handshake: new HandshakeAuthenticator(environment, rules, attempts, tickets) };
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await createTestDatabase();
  nodes = await Promise.all([startNode(), startNode()]);
});
afterAll(async () => {
  await Promise.all(nodes.map(({ dataSource }) => dataSource.destroy()));
  await database.drop();
});
beforeEach(() => nodes[0]!.dataSource.query('DELETE FROM auth.ws_ticket'));

const identity = (userId: string, changes: Partial<Identity> = {}): Identity => ({
  userId,
  roles: ['user'],
  capabilities: capabilitiesOf(['user']),
  expiresAtMs: Date.now() + 60_000,
  ...changes,
});
const offering = (...protocols: string[]): Handshake => ({ headers: {}, protocols, remoteAddress: '127.0.0.1' });
const withTicket = (ticket: string) => offering('mcp.v1', `ticket.${ticket}`);
const count = async (where = 'true'): Promise<number> => {
  const rows: { count: number }[] = await nodes[0]!.dataSource.query(
    `SELECT count(*)::int AS count FROM auth.ws_ticket WHERE ${where}`,
  );
  return rows[0]!.count;
};
const age = (seconds: number, where = 'true') =>
  nodes[0]!.dataSource.query(
    `UPDATE auth.ws_ticket SET expires_at = expires_at - interval '${seconds} seconds' WHERE ${where}`,
  );
const unauthorized = { code: 'UNAUTHORIZED' };

describe('a ticket', () => {
  test('opens a socket on another node as its holder, until the token expires', async () => {
    const alice = identity('alice', { roles: ['admin'], capabilities: capabilitiesOf(['admin']), tokenId: 't-1' });
    const ticket = await nodes[0]!.tickets.issue(alice);
    expect(ticket).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await nodes[1]!.handshake.authenticate(withTicket(ticket))).toEqual(alice);
  });

  test('is used up by its first use', async () => {
    const ticket = await nodes[0]!.tickets.issue(identity('alice'));
    await nodes[0]!.handshake.authenticate(withTicket(ticket));
    await expect(nodes[0]!.handshake.authenticate(withTicket(ticket))).rejects.toMatchObject(unauthorized);
    await expect(nodes[1]!.handshake.authenticate(withTicket(ticket))).rejects.toMatchObject(unauthorized);
  });

  test('opens exactly one of many sockets that offer it at once on two nodes', async () => {
    for (let round = 0; round < 20; round++) {
      const ticket = await nodes[0]!.tickets.issue(identity('alice'));
      const attempts = Array.from({ length: 8 }, (_, i) => nodes[i % 2]!.tickets.redeem(ticket));
      const results = await Promise.allSettled(attempts);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
  });

  test('is refused after 30 seconds', async () => {
    const [early, late] = [await nodes[0]!.tickets.issue(identity('a')), await nodes[0]!.tickets.issue(identity('b'))];
    await age(25, "user_id = 'a'");
    await age(30, "user_id = 'b'");
    expect((await nodes[0]!.tickets.redeem(early)).userId).toBe('a');
    await expect(nodes[0]!.tickets.redeem(late)).rejects.toMatchObject(unauthorized);
  });

  test('is refused once the token it was issued for has expired', async () => {
    const ticket = await nodes[0]!.tickets.issue(identity('alice', { expiresAtMs: Date.now() - 1 }));
    await expect(nodes[0]!.handshake.authenticate(withTicket(ticket))).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringContaining('token that the ticket was issued for has expired'),
    });
  });

  test('is nobody else’s: each of many users gets its own identity back', async () => {
    const users = Array.from({ length: 30 }, (_, i) => `user-${i}`);
    const tickets = await Promise.all(users.map((user, i) => nodes[i % 2]!.tickets.issue(identity(user))));
    const holders = await Promise.all(tickets.map((ticket, i) => nodes[(i + 1) % 2]!.tickets.redeem(ticket)));
    expect(holders.map(({ userId }) => userId)).toEqual(users);
  });

  test('is stored as a hash only', async () => {
    const ticket = await nodes[0]!.tickets.issue(identity('alice'));
    const rows: { ticket_hash: Buffer }[] = await nodes[0]!.dataSource.query('SELECT * FROM auth.ws_ticket');
    expect(rows[0]!.ticket_hash).toEqual(createHash('sha256').update(ticket).digest());
    expect(JSON.stringify(rows)).not.toContain(ticket);
    await expect(nodes[0]!.tickets.redeem(rows[0]!.ticket_hash.toString('base64url'))).rejects.toMatchObject(
      unauthorized,
    );
  });

  test.each(['', 'x', "' OR true --", '\0', 'a'.repeat(100_000)])('is not made up: %#', async (text) => {
    await nodes[0]!.tickets.issue(identity('alice'));
    await expect(nodes[0]!.tickets.redeem(text)).rejects.toMatchObject(unauthorized);
    expect(await count()).toBe(1);
  });

  test('keeps whatever the token’s roles and id contain', async () => {
    const odd = { roles: ['\0', '\ud800', "'; DROP TABLE x", 'é'], tokenId: '\0', expiresAtMs: 253_402_300_799_000 };
    const ticket = await nodes[0]!.tickets.issue(identity('odd', odd));
    expect(await nodes[0]!.tickets.redeem(ticket)).toEqual({ userId: 'odd', ...odd });
  });
});

describe('the store of tickets', () => {
  test('keeps the newest of a user and leaves other users alone', async () => {
    const other = await nodes[0]!.tickets.issue(identity('bob'));
    const tickets: string[] = [];
    for (let i = 0; i < MAXIMUM_TICKETS_PER_USER + 3; i++)
      tickets.push(await nodes[0]!.tickets.issue(identity('alice')));
    expect(await count("user_id = 'alice'")).toBe(MAXIMUM_TICKETS_PER_USER);
    await expect(nodes[0]!.tickets.redeem(tickets[2]!)).rejects.toMatchObject(unauthorized);
    expect((await nodes[0]!.tickets.redeem(tickets[3]!)).userId).toBe('alice');
    expect((await nodes[0]!.tickets.redeem(other)).userId).toBe('bob');
  });

  test('bears many issues and redemptions at once and then holds its maximum again', async () => {
    const work = Array.from({ length: 200 }, async (_, i) => {
      const ticket = await nodes[i % 2]!.tickets.issue(identity('alice'));
      if (i % 4 === 0) await nodes[(i + 1) % 2]!.tickets.redeem(ticket).catch(() => undefined);
    });
    await Promise.all(work);
    await nodes[0]!.tickets.issue(identity('alice'));
    expect(await count()).toBeLessThanOrEqual(MAXIMUM_TICKETS_PER_USER);
  });

  test('sweeps expired tickets of everybody with the next issue', async () => {
    for (const user of ['a', 'b', 'c']) await nodes[0]!.tickets.issue(identity(user));
    await age(31);
    await nodes[0]!.tickets.issue(identity('d'));
    expect(await count()).toBe(1);
  });
});

describe('a handshake', () => {
  const token = tokens.sign({ userId: 'alice', roles: ['user'], ttlSeconds: 60 });
  const authenticate = (handshake: Partial<Handshake>) =>
    nodes[0]!.handshake.authenticate({ headers: {}, protocols: [], remoteAddress: '127.0.0.1', ...handshake });

  test('is authenticated by its Authorization header', async () => {
    const identified = await authenticate({ headers: { authorization: `Bearer ${token}` } });
    expect(identified).toMatchObject({ userId: 'alice', roles: ['user'] });
  });

  test('leaves a ticket unused when it has a token', async () => {
    const ticket = await nodes[0]!.tickets.issue(identity('bob'));
    const headers = { authorization: `Bearer ${token}` };
    expect((await authenticate({ headers, protocols: ['mcp.v1', `ticket.${ticket}`] })).userId).toBe('alice');
    expect(await count()).toBe(1);
  });

  test('is refused without token and ticket, with a token as ticket, and with a bad header', async () => {
    await expect(authenticate({})).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringContaining('missing'),
    });
    await expect(authenticate({ protocols: ['mcp.v1'] })).rejects.toMatchObject(unauthorized);
    await expect(authenticate({ protocols: ['mcp.v1', token] })).rejects.toMatchObject(unauthorized);
    await expect(authenticate(withTicket(token))).rejects.toMatchObject(unauthorized);
    await expect(authenticate({ headers: { authorization: token } })).rejects.toMatchObject(unauthorized);
    await expect(authenticate({ headers: { cookie: `token=${token}` } })).rejects.toMatchObject(unauthorized);
  });

  test('is refused with two tickets or without mcp.v1 beside the ticket, and neither is used up', async () => {
    const [one, two] = [await nodes[0]!.tickets.issue(identity('a')), await nodes[0]!.tickets.issue(identity('a'))];
    const invalid = { code: 'VALIDATION_ERROR' };
    await expect(authenticate({ protocols: ['mcp.v1', `ticket.${one}`, `ticket.${two}`] })).rejects.toMatchObject(
      invalid,
    );
    await expect(authenticate({ protocols: [`ticket.${one}`] })).rejects.toMatchObject(invalid);
    expect(await count()).toBe(2);
  });

  test('is refused for a foreign origin before its ticket is looked at', async () => {
    const ticket = await nodes[0]!.tickets.issue(identity('alice'));
    const from = (origin: string) =>
      authenticate({ headers: { origin, host: 'hub.example' }, protocols: ['mcp.v1', `ticket.${ticket}`] });
    for (const origin of ['https://evil.example', 'null', 'https://hub.example.evil.example']) {
      await expect(from(origin)).rejects.toMatchObject({ code: 'FORBIDDEN', httpStatus: 403 });
    }
    expect((await from('https://app.example')).userId).toBe('alice');
  });
});
