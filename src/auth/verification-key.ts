import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Environment } from '../config/environment.js';
import { loadDevelopmentSecret } from '../common/development-secret.js';
import type { SignatureAlgorithm } from './token-header.js';

/** The token under which the ready key is injected. */
export const VERIFICATION_KEY = Symbol('VerificationKey');

/** The key that tokens are verified with, ready to use. */
export type VerificationKey =
  | { kind: 'secret'; secret: string }
  | { kind: 'public-key'; key: KeyObject; algorithm: SignatureAlgorithm }
  | { kind: 'jwks'; url: URL };

/**
 * The configured key; without one, the generated development secret.
 * @throws Error naming the variable where the key can't be used, and in production where there is none.
 */
export async function loadVerificationKey(environment: Environment): Promise<VerificationKey> {
  const { key } = environment.identity;
  switch (key?.kind) {
    case 'secret':
      return key;
    case 'public-key':
      return readPublicKey(key.pem);
    case 'jwks':
      return { kind: 'jwks', url: new URL(key.url) };
    case undefined:
      if (environment.isProduction)
        throw new Error('In production JWT_SECRET, JWT_PUBLIC_KEY or JWT_JWKS_URL is required.');
      return { kind: 'secret', secret: await loadDevelopmentSecret(environment.dataDirectory, 'jwt-secret') };
  }
}

function readPublicKey(pem: string): VerificationKey {
  if (pem.includes('PRIVATE KEY'))
    throw new Error('JWT_PUBLIC_KEY holds a private key; the gateway needs the public one only.');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (error) {
    throw new Error("JWT_PUBLIC_KEY can't be read; allowed: a public key in PEM form.", { cause: error });
  }
  const algorithm = algorithmOf(key);
  if (algorithm) return { kind: 'public-key', key, algorithm };
  throw new Error('JWT_PUBLIC_KEY has a kind that is not supported; allowed: RSA from 2048 bits, EC P-256, Ed25519.');
}

/** The one algorithm that fits the key. */
function algorithmOf(key: KeyObject): SignatureAlgorithm | undefined {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa' && (details?.modulusLength ?? 0) >= 2_048) return 'RS256';
  if (key.asymmetricKeyType === 'ec' && details?.namedCurve === 'prime256v1') return 'ES256';
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  return undefined;
}
