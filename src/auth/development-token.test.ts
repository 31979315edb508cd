import { generateKeyPairSync } from 'node:crypto';
import { parseEnvironment, type Environment } from '../config/environment.js';
import { DevelopmentTokenError, DevelopmentTokens } from './development-token.js';
import { createTokenSignature } from './token-signature.js';
import { TokenVerifier } from './token-verifier.js';
import { capabilitiesOf } from '../../test/support/tokens.js';

const key = { kind: 'secret' as const, secret: 'a secret of more than thirty-two bytes' };
const environment = (changes: Partial<Environment> = {}): Environment => ({
  ...parseEnvironment({ JWT_SECRET: key.secret, JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'hub' }),
  ...changes,
});
const request = { userId: 'alice', roles: ['admin'], ttlSeconds: 60 };

describe('a development token', () => {
  test('is accepted by the gateway that signed it, issuer and audience included', async () => {
    const token = new DevelopmentTokens(environment(), key).sign(request);
    const rules = { issuer: 'https://id.example', audience: 'hub', capabilitiesOf, assertAdmitted: () => undefined };
    const identity = await new TokenVerifier(createTokenSignature(key), rules).verify(token);
    expect(identity).toMatchObject({ userId: 'alice', roles: ['admin'] });
    expect(Math.abs(identity.expiresAtMs - Date.now() - 60_000)).toBeLessThan(5_000);
  });

  test('is not signed in production', () => {
    const tokens = new DevelopmentTokens(environment({ isProduction: true }), key);
    expect(() => tokens.sign(request)).toThrow(DevelopmentTokenError);
  });

  test('is not signed where a public key verifies', () => {
    const publicKey = generateKeyPairSync('ed25519').publicKey;
    const tokens = new DevelopmentTokens(environment(), { kind: 'public-key', key: publicKey, algorithm: 'EdDSA' });
    expect(() => tokens.sign(request)).toThrow('only its issuer can sign them');
  });
});
