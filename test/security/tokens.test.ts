import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { startTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { Attacker } from '../support/attacker.js';
import { connect, UpgradeRefusedError } from '../support/socket-client.js';

const CREDITS = '/api/mcp/credits';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const seconds = () => Math.floor(Date.now() / 1_000);
const claims = () => ({ sub: 'root', roles: ['admin'], exp: seconds() + 600, iss: 'https://id.example', aud: 'hub' });
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with any header and claims, its signature made with any secret. */
function forged(header: object, payload: unknown = claims(), secret: string | Buffer = TEST_SECRET): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
const HS256 = { alg: 'HS256', typ: 'JWT' };
const good = (changes: object = {}) => forged(HS256, { ...claims(), ...changes });

/** Of a gateway whose key is TEST_SECRET, with JWT_ISSUER and JWT_AUDIENCE. */
const FORGERIES: Record<string, () => string> = {
  'alg none, no signature': () => `${encode({ alg: 'none' })}.${encode(claims())}.`,
  'alg None with the signature of HS256': () => forged({ alg: 'None' }),
  'alg as a list': () => forged({ alg: ['HS256'] }),
  'alg of another length': () => forged({ alg: 'HS384' }),
  'no alg': () => forged({ typ: 'JWT' }),
  'an empty secret': () => forged(HS256, claims(), ''),
  'a usual secret': () => forged(HS256, claims(), 'secret'),
  'a kid that is a file of zeros': () => forged({ ...HS256, kid: '../../../../dev/null' }, claims(), ''),
  'a kid that is SQL': () => forged({ ...HS256, kid: "' UNION SELECT 'key'--" }, claims(), 'key'),
  'a key of its own in the header': () => forged({ ...HS256, jwk: { kty: 'oct', k: encode('key') } }, claims(), 'key'),
  'an address of a key': () =>
    forged({ ...HS256, jku: 'http://127.0.0.1:1/', x5u: 'http://127.0.0.1:1/' }, claims(), 'k'),
  'a critical extension': () => forged({ ...HS256, crit: ['b64'], b64: false }),
  expired: () => good({ exp: seconds() - 60 }),
  'not valid yet': () => good({ nbf: seconds() + 600 }),
  'no end': () => good({ exp: undefined }),
  'an end in milliseconds': () => good({ exp: Date.now() + 600_000 }),
  'another issuer': () => good({ iss: 'https://evil.example' }),
  'several issuers': () => good({ iss: ['https://id.example'] }),
  'another audience': () => good({ aud: 'hubs' }),
  'roles as text': () => good({ roles: 'admin' }),
  'a user with a line end': () => good({ sub: 'root\r\nX-Injected: 1' }),
  'no user': () => good({ sub: undefined }),
  'claims that are a list': () => forged(HS256, [claims()]),
  'claims that are null': () => forged(HS256, null),
  'a cut signature': () => good().slice(0, -3),
  'no signature': () => good().replace(/[^.]+$/, ''),
  'another token’s signature': () => good().replace(/[^.]+$/, good({ sub: 'other' }).split('.')[2]!),
  'four parts': () => `${good()}.${encode({})}`,
  'a header that is no JSON': () => good().replace(/^[^.]+/, 'eyJhbGciOiJIUzI1NiI'),
  'a very deep header': () => good().replace(/^[^.]+/, Buffer.from('['.repeat(5_000)).toString('base64url')),
  'twelve thousand characters': () => good({ padding: 'x'.repeat(12_000) }).slice(0, -4),
  'nothing but dots': () => '.'.repeat(5_000),
};

let gateway: TestApp;
afterEach(() => gateway.close());

/** The token as each entrance takes it. */
async function entrances(token: string): Promise<Record<string, number>> {
  const stranger = new Attacker(gateway.url);
  const ask = async (path: string, headers: Record<string, string>) => {
    const outcome = await stranger.send({ method: 'GET', path, headers });
    for (const part of token.split('.').filter((text) => text.length > 8)) expect(outcome.text).not.toContain(part);
    return outcome.status;
  };
  const upgrade = connect(gateway.wsUrl, token).then(
    async (socket) => (await socket.close(), 101),
    (error: unknown) => (error as UpgradeRefusedError).status,
  );
  return {
    rest: await ask(CREDITS, { authorization: `Bearer ${token}` }),
    admin: await ask('/api/mcp/admin/accounts/root', { authorization: `bearer ${token}` }),
    apiKey: await ask('/v1/models', { 'x-api-key': token }),
    socket: await upgrade,
  };
}
const REFUSED = { rest: 401, admin: 401, apiKey: 401, socket: 401 };

describe('a forged token', () => {
  it('of any kind opens no entrance of a gateway with a secret', async () => {
    gateway = await startTestApp({ JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'hub' });
    expect(await entrances(good())).toMatchObject({ rest: 200, apiKey: 200, socket: 101 });
    for (const [name, forge] of Object.entries(FORGERIES))
      expect({ name, ...(await entrances(forge())) }).toEqual({ name, ...REFUSED });
  });

  it('is not one that is made with the public key as a secret', async () => {
    gateway = await startTestApp({ JWT_SECRET: undefined, JWT_PUBLIC_KEY: publicPem });
    const der = rsa.publicKey.export({ type: 'spki', format: 'der' });
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
    const sign = (alg: string, key: typeof stranger) =>
      new SignJWT(claims()).setProtectedHeader({ alg, kid: 'x' }).sign(key);
    expect(await entrances(await sign('RS256', rsa.privateKey))).toMatchObject({ rest: 200, socket: 101 });
    for (const secret of [publicPem, publicPem.trim(), der])
      for (const alg of ['HS256', 'RS256']) expect(await entrances(forged({ alg }, claims(), secret))).toEqual(REFUSED);
    expect(await entrances(await sign('RS256', stranger))).toEqual(REFUSED);
    expect(await entrances(await sign('PS256', rsa.privateKey))).toEqual(REFUSED);
  });

  it('is refused before it is looked at where it is larger than all headers may be', async () => {
    gateway = await startTestApp();
    const asked = fetch(gateway.url + CREDITS, { headers: { authorization: `Bearer ${'x'.repeat(64 * 1024)}` } });
    expect((await asked).status).toBe(431);
  });
});

describe('guessing', () => {
  it('tokens by the hundred finds none', async () => {
    gateway = await startTestApp();
    const guesses = Array.from({ length: 300 }, () => forged(HS256, claims(), randomBytes(32)));
    const statuses = new Set<number>();
    for (let from = 0; from < guesses.length; from += 50) {
      const answers = guesses
        .slice(from, from + 50)
        .map((token) => fetch(gateway.url + CREDITS, { headers: { authorization: `Bearer ${token}` } }));
      for (const answer of await Promise.all(answers)) statuses.add(answer.status);
    }
    expect([...statuses]).toEqual([401]);
    expect((await entrances(gateway.token('alice'))).rest).toBe(200);
  });

  it("the operators' token by its beginning or its length finds nothing", async () => {
    const token = randomBytes(32).toString('base64url');
    gateway = await startTestApp({ OPS_TOKEN: token });
    const ask = async (path: string, authorization?: string) =>
      (await new Attacker(gateway.url).send({ method: 'GET', path, headers: authorization ? { authorization } : {} }))
        .status;
    const wrong = [token.slice(0, -1), `${token}x`, token.toLowerCase(), '', `${token} `.repeat(2), token.slice(1)];
    for (const path of ['/health/live', '/health/ready', '/docs', '/docs-json', '/docs/', '/health//live']) {
      expect([path, await ask(path)]).toEqual([path, 401]);
      for (const guess of wrong) expect([path, await ask(path, `Bearer ${guess}`)]).toEqual([path, 401]);
      expect(await ask(path, `Basic ${token}`)).toBe(401);
    }
    expect(await ask('/health/live', `Bearer ${token}`)).toBe(200);
    expect(await ask('/Health/Live', gateway.token('root', ['admin']))).toBe(401); // no user's token, in no spelling
  });
});
