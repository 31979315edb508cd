import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { hash } from 'node:crypto';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ConnectionRates } from '../limits/connection-rates.js';
import type { Identity } from './identity.js';
import { TokenVerifier } from './token-verifier.js';

/** So many good tokens are known again, some 200 bytes each. */
const MOST_TOKENS = 10_000;

/**
 * Whoever shows tokens, or tickets, that are none is not listened to after a while, by address. A token that was good here
 * before is looked at all the same: neighbours behind one address don't shut each other out of what they are doing.
 */
@Injectable()
export class TokenAttempts {
  private readonly good = new LRUCache<string, true>({ max: MOST_TOKENS });

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly rates: ConnectionRates,
  ) {}

  /** @throws GatewayError as TokenVerifier.verify; RATE_LIMIT_EXCEEDED */
  async verify(token: string, address: string): Promise<Identity> {
    const digest = hash('sha256', token, 'base64');
    const identity = await this.attempt(address, () => this.verifier.verify(token), this.good.has(digest));
    this.good.set(digest, true);
    return identity;
  }

  /**
   * @param isKnown it was good before
   * @throws GatewayError what `check` throws; RATE_LIMIT_EXCEEDED
   */
  async attempt<T>(address: string, check: () => Promise<T>, isKnown = false): Promise<T> {
    if (!isKnown) this.rates.assertMayTry(address);
    try {
      return await check();
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'UNAUTHORIZED') await this.rates.countBadToken(address);
      throw error;
    }
  }
}
