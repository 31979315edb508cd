import { Inject, Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors/gateway-error.js';
import type { Identity } from './identity.js';
import { identityFromClaims, type ClaimRules } from './token-claims.js';
import type { TokenSignature } from './token-signature.js';

/** The tokens under which a verifier's parts are injected. */
export const TOKEN_SIGNATURE = Symbol('TokenSignature');
export const CLAIM_RULES = Symbol('ClaimRules');

/** The one place where a token becomes an identity. */
@Injectable()
export class TokenVerifier {
  constructor(
    @Inject(TOKEN_SIGNATURE) private readonly readClaims: TokenSignature,
    @Inject(CLAIM_RULES) private readonly rules: ClaimRules,
  ) {}

  /**
   * @throws GatewayError UNAUTHORIZED saying what is wrong with the token, never repeating it; FORBIDDEN where its user is
   * shut out; UNAVAILABLE where the
   * issuer's published keys can't be fetched, so that nobody can tell.
   */
  async verify(token: string): Promise<Identity> {
    if (token === '') throw new GatewayError('UNAUTHORIZED', 'The token is empty.');
    return identityFromClaims(await this.readClaims(token), this.rules, Date.now());
  }
}
