import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT, UnsecuredJWT, type JWK, type JWTPayload } from 'jose';
import { parseEnvironment } from '../../src/config/environment.js';
import type { JwksTiming } from '../../src/auth/jwks-keys.js';
import type { ClaimRules } from '../../src/auth/token-claims.js';
import { createTokenSignature } from '../../src/auth/token-signature.js';
import { TokenVerifier } from '../../src/auth/token-verifier.js';
import { loadVerificationKey } from '../../src/auth/verification-key.js';
import { capabilitiesOf } from '../support/tokens.js';

const SECRET = 'a secret of more than thirty-two bytes';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

type Rules = Partial<ClaimRules>;
async function verifierFor(variables: Record<string, string>, rules: Rules = {}, timing?: Partial<JwksTiming>) {
  const key = await loadVerificationKey(parseEnvironment(variables));
  return new TokenVerifier(createTokenSignature(key, timing), {
    issuer: undefined,
    audience: undefined,
    capabilitiesOf,
    assertAdmitted: () => undefined,
    ...rules,
  });
}
const secretVerifier = (rules?: Rules) => verifierFor({ JWT_SECRET: SECRET }, rules);
const publicKeyVerifier = (key: KeyObject, rules?: Rules) => verifierFor({ JWT_PUBLIC_KEY: pem(key) }, rules);

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const claims = (): JWTPayload => ({ sub: 'alice', roles: ['user'], exp: inSeconds(60) });
const sign = (alg: string, key: KeyObject | Uint8Array, payload: JWTPayload = claims(), header = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg, ...header }).sign(key);
const signSecret = (payload?: JWTPayload) => sign('HS256', Buffer.from(SECRET), payload);

/** A token whose signature is computed here: for headers that no library would sign. */
function forge(header: object, secret: string): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode(header)}.${encode(claims())}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

async function expectRefusal(verifier: TokenVerifier, token: string, message: string | RegExp): Promise<void> {
  const error: unknown = await verifier.verify(token).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringMatching(message) });
  for (const part of token.split('.').filter((text) => text.length > 8)) expect(String(error)).not.toContain(part);
}

describe('a gateway with a shared secret', () => {
  test('accepts a token of its secret', async () => {
    const verifier = await secretVerifier();
    const payload = { ...claims(), jti: 't-1' };
    expect(await verifier.verify(await signSecret(payload))).toEqual({
      userId: 'alice',
      roles: ['user'],
      capabilities: new Set(['chat', 'embedding', 'video', 'usage']),
      expiresAtMs: payload.exp! * 1_000,
      tokenId: 't-1',
    });
  });

  test('refuses another secret, a changed claim and a cut signature', async () => {
    const verifier = await secretVerifier();
    const good = await signSecret();
    const [header, , signature] = good.split('.');
    const changed = Buffer.from(JSON.stringify({ ...claims(), sub: 'root' })).toString('base64url');
    await expectRefusal(verifier, await sign('HS256', Buffer.from(`${SECRET}!`)), 'signature');
    await expectRefusal(verifier, `${header}.${changed}.${signature}`, 'signature');
    await expectRefusal(verifier, good.slice(0, -6), 'signature');
    await expectRefusal(verifier, `${good.slice(0, good.lastIndexOf('.'))}.`, 'signature');
  });

  test('refuses algorithms that its key is not for', async () => {
    const verifier = await secretVerifier();
    await expectRefusal(verifier, await sign('RS256', rsa.privateKey), "'RS256'; this gateway accepts HS256");
    await expectRefusal(verifier, await sign('ES256', ec.privateKey), "'ES256'");
    await expectRefusal(verifier, await sign('HS512', Buffer.from(SECRET.repeat(2))), "'HS512'");
    await expectRefusal(verifier, new UnsecuredJWT(claims()).encode(), "'none'");
    await expectRefusal(verifier, forge({ alg: 'nOnE' }, SECRET), "'nOnE'");
    await expectRefusal(verifier, forge({ alg: 'HS256', crit: ['exp'] }, SECRET), 'crit');
  });

  test.each(['', 'null', 'a.b.c', 'Bearer x', '\0', 'ticket.abc'])('refuses %j', async (text) => {
    await expectRefusal(await secretVerifier(), text, /not a JWT|empty/);
  });

  test('refuses a payload that is no object', async () => {
    const signed = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('"x"').toString('base64url')}`;
    const token = `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
    await expectRefusal(await secretVerifier(), token, 'not a JSON object');
  });

  test('judges times and claims', async () => {
    const verifier = await secretVerifier();
    await expectRefusal(verifier, await signSecret({ sub: 'alice' }), "no 'exp'");
    await expectRefusal(verifier, await signSecret({ ...claims(), exp: inSeconds(-60) }), 'expired');
    await expectRefusal(verifier, await signSecret({ ...claims(), nbf: inSeconds(60) }), 'not valid yet');
    await expectRefusal(verifier, await signSecret({ ...claims(), roles: 'admin' }), "'roles' must be an array");
    await expectRefusal(verifier, await signSecret({ ...claims(), sub: ' alice' }), "'sub' must be");
  });

  test('gives nothing for roles named after properties of Object', async () => {
    const roles = ['__proto__', 'constructor', 'toString'];
    const identity = await (await secretVerifier()).verify(await signSecret({ ...claims(), roles }));
    expect(identity.capabilities.size).toBe(0);
  });

  test('asks for the configured issuer and audience', async () => {
    const verifier = await secretVerifier({ issuer: 'https://id.example', audience: 'hub' });
    const full = { ...claims(), iss: 'https://id.example', aud: 'hub' };
    expect((await verifier.verify(await signSecret(full))).userId).toBe('alice');
    await expectRefusal(verifier, await signSecret(), "'iss'");
    await expectRefusal(verifier, await signSecret({ ...full, iss: 'https://evil.example' }), "'iss'");
    await expectRefusal(verifier, await signSecret({ ...full, aud: 'other' }), "'aud'");
  });
});

describe('a gateway with a public key', () => {
  test.each([
    ['RS256', rsa],
    ['ES256', ec],
    ['EdDSA', ed],
  ])('accepts %s and nothing else', async (algorithm, { publicKey, privateKey }) => {
    const verifier = await publicKeyVerifier(publicKey);
    expect((await verifier.verify(await sign(algorithm, privateKey))).userId).toBe('alice');
    await expectRefusal(verifier, await sign('HS256', Buffer.from(SECRET)), "'HS256'");
    await expectRefusal(verifier, new UnsecuredJWT(claims()).encode(), "'none'");
    await expectRefusal(verifier, await sign(algorithm, privateKey, { ...claims(), exp: inSeconds(-6) }), 'expired');
  });

  test('refuses HS256 signed with the text of its public key', async () => {
    const verifier = await publicKeyVerifier(rsa.publicKey);
    for (const text of [pem(rsa.publicKey), pem(rsa.publicKey).trim()]) {
      await expectRefusal(verifier, forge({ alg: 'HS256' }, text), "'HS256'; this gateway accepts RS256");
      await expectRefusal(verifier, forge({ alg: 'RS256' }, text), 'signature');
    }
  });

  test('refuses another key and a key that the token brings along', async () => {
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const verifier = await publicKeyVerifier(rsa.publicKey);
    await expectRefusal(verifier, await sign('RS256', stranger.privateKey), 'signature');
    const header = { jwk: await exportJWK(stranger.publicKey), jku: 'http://127.0.0.1:1/', kid: '../../dev/null' };
    await expectRefusal(verifier, await sign('RS256', stranger.privateKey, claims(), header), 'signature');
    await expectRefusal(verifier, await sign('RS512', rsa.privateKey), "'RS512'");
  });

  test('does not start with a key that it cannot use', async () => {
    const privatePem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey;
    const curve = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey;
    await expect(verifierFor({ JWT_PUBLIC_KEY: privatePem })).rejects.toThrow('private key');
    await expect(verifierFor({ JWT_PUBLIC_KEY: '-----BEGIN nothing' })).rejects.toThrow("JWT_PUBLIC_KEY can't be read");
    await expect(publicKeyVerifier(weak)).rejects.toThrow('RSA from 2048 bits');
    await expect(publicKeyVerifier(curve)).rejects.toThrow('EC P-256');
  });
});

/** An issuer's key set, as a real HTTP server that can go down. */
class KeySetServer {
  keys: JWK[] = [];
  fetches = 0;
  status = 200;
  private server: Server | undefined;
  private port = 0;

  async start(): Promise<void> {
    this.server = createServer((_request, response) => {
      this.fetches++;
      response.writeHead(this.status, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify({ keys: this.keys }));
    });
    await new Promise<void>((resolve) => this.server!.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/jwks.json`;
  }
}

describe('a gateway with a published key set', () => {
  const issuer = new KeySetServer();
  const publish = async (kid: string, key: KeyObject): Promise<JWK> => ({ ...(await exportJWK(key)), kid, use: 'sig' });
  const signAs = (kid: string, alg: string, key: KeyObject) => sign(alg, key, claims(), { kid });
  const verifier = (timing: Partial<JwksTiming> = {}) => verifierFor({ JWT_JWKS_URL: issuer.url }, {}, timing);
  const unavailable = { code: 'UNAVAILABLE', retryAfterMs: expect.any(Number) };

  beforeEach(async () => {
    Object.assign(issuer, { keys: [await publish('one', rsa.publicKey)], fetches: 0, status: 200 });
    await issuer.start();
  });
  afterEach(() => issuer.stop());

  test('accepts each kind of key and fetches the set once', async () => {
    issuer.keys.push(await publish('two', ec.publicKey), await publish('three', ed.publicKey));
    const gateway = await verifier();
    const tokens = await Promise.all([
      signAs('one', 'RS256', rsa.privateKey),
      signAs('two', 'ES256', ec.privateKey),
      signAs('three', 'EdDSA', ed.privateKey),
    ]);
    for (const token of [...tokens, ...tokens]) expect((await gateway.verify(token)).userId).toBe('alice');
    expect(issuer.fetches).toBe(1);
  });

  test('refuses HS256, none, a foreign key under a known id and a key of another kind', async () => {
    const gateway = await verifier();
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    await expectRefusal(gateway, forge({ alg: 'HS256', kid: 'one' }, pem(rsa.publicKey)), "'HS256'");
    await expectRefusal(gateway, new UnsecuredJWT(claims()).encode(), "'none'");
    await expectRefusal(gateway, await signAs('one', 'RS256', stranger.privateKey), 'signature');
    await expectRefusal(gateway, await signAs('one', 'ES256', ec.privateKey), 'signature');
  });

  test('takes up a new key and drops a withdrawn one', async () => {
    const gateway = await verifier({ cooldownMs: 0 });
    const old = await signAs('one', 'RS256', rsa.privateKey);
    await gateway.verify(old);
    issuer.keys = [await publish('two', ec.publicKey)];
    expect((await gateway.verify(await signAs('two', 'ES256', ec.privateKey))).userId).toBe('alice');
    await expectRefusal(gateway, old, 'signature');
  });

  test('is not driven to fetch by invented key ids', async () => {
    const gateway = await verifier();
    for (const kid of ['a', 'b', 'c', 'd']) {
      await expectRefusal(gateway, await signAs(kid, 'RS256', rsa.privateKey), 'signature');
    }
    expect(issuer.fetches).toBe(1);
  });

  test('is unavailable, and does not refuse, while the set was never fetched', async () => {
    await issuer.stop();
    const gateway = await verifier({ failurePauseMs: 0 });
    const token = await signAs('one', 'RS256', rsa.privateKey);
    await expect(gateway.verify(token)).rejects.toMatchObject(unavailable);
    await issuer.start();
    expect((await gateway.verify(token)).userId).toBe('alice');
  });

  test('pauses after a failed fetch instead of trying for every token', async () => {
    issuer.status = 500;
    const gateway = await verifier();
    const token = await signAs('one', 'RS256', rsa.privateKey);
    for (let i = 0; i < 3; i++) await expect(gateway.verify(token)).rejects.toMatchObject(unavailable);
    expect(issuer.fetches).toBe(1);
  });

  test('is unavailable when the set takes too long', async () => {
    await issuer.stop();
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const gateway = await verifierFor({ JWT_JWKS_URL: url }, {}, { timeoutMs: 50 });
    await expect(gateway.verify(await signAs('one', 'RS256', rsa.privateKey))).rejects.toMatchObject(unavailable);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  test('goes on with known keys during an outage, for a while', async () => {
    const token = await signAs('one', 'RS256', rsa.privateKey);
    const patient = await verifier({ maximumAgeMs: 0 });
    const strict = await verifier({ maximumAgeMs: 0, maximumOutageAgeMs: -1 });
    await Promise.all([patient.verify(token), strict.verify(token)]);
    await issuer.stop();
    expect((await patient.verify(token)).userId).toBe('alice');
    await expect(strict.verify(token)).rejects.toMatchObject(unavailable);
    await expect(patient.verify(await signAs('two', 'ES256', ec.privateKey))).rejects.toMatchObject(unavailable);
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    await expectRefusal(patient, await signAs('one', 'RS256', stranger.privateKey), 'signature');
  });
});
