import { createSecretKey } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { compactVerify, errors } from 'jose';
import { GatewayError } from '../common/errors/gateway-error.js';
import { createJwksKeys, type JwksTiming, type KeyLookup } from './jwks-keys.js';
import { rememberedSignature } from './remembered-signature.js';
import { assertTokenHeader, type SignatureAlgorithm } from './token-header.js';
import type { VerificationKey } from './verification-key.js';

/**
 * Checks a token's signature, and nothing else, and gives its claims.
 * @throws GatewayError UNAUTHORIZED; UNAVAILABLE where the published keys can't be fetched.
 */
export type TokenSignature = (token: string) => Promise<unknown>;

/** The check that fits the kind of key, with the algorithms that this kind alone allows. */
export function createTokenSignature(key: VerificationKey, jwksTiming?: Partial<JwksTiming>): TokenSignature {
  switch (key.kind) {
    case 'secret':
      return rememberedSignature(sharedSecretSignature(key.secret));
    case 'public-key':
      return rememberedSignature(publicKeySignature([key.algorithm], () => Promise.resolve(key.key)));
    case 'jwks':
      return publicKeySignature(['RS256', 'ES256', 'EdDSA'], createJwksKeys(key.url, jwksTiming));
  }
}

function sharedSecretSignature(secret: string): TokenSignature {
  // A key object: given text, jsonwebtoken first tries to read it as a public key, for 350 µs a token.
  const jwt = new JwtService({ secret: createSecretKey(secret, 'utf8') });
  // Times are judged with all other claims, by one rule for every kind of key.
  const options = { algorithms: ['HS256' as const], ignoreExpiration: true, ignoreNotBefore: true };
  return async (token) => {
    assertTokenHeader(token, ['HS256']);
    try {
      return await jwt.verifyAsync<object>(token, options);
    } catch (error) {
      throw badSignature(error);
    }
  };
}

function publicKeySignature(algorithms: SignatureAlgorithm[], keys: KeyLookup): TokenSignature {
  return async (token) => {
    assertTokenHeader(token, algorithms);
    try {
      const { payload } = await compactVerify(token, keys, { algorithms });
      return JSON.parse(Buffer.from(payload).toString()) as unknown;
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      if (error instanceof errors.JOSEError || error instanceof SyntaxError) throw badSignature(error);
      throw new GatewayError('UNAVAILABLE', "The keys that tokens are verified with can't be used.", { cause: error });
    }
  };
}

function badSignature(cause: unknown): GatewayError {
  return new GatewayError('UNAUTHORIZED', "The token's signature is not one of this gateway's issuer.", { cause });
}
