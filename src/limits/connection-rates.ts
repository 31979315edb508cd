import { Inject, Injectable, Logger } from '@nestjs/common';
import { GatewayError } from '../common/errors/gateway-error.js';
import { RareWarning } from '../common/logging/rare-warning.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { addressKey } from './address-key.js';
import { RateStore } from './rate-store.js';
import { SharedRate, type Excess } from './shared-rate.js';

const DURATION_SECONDS = 60;

/** How often anybody may come, over all nodes, before there is any request to be counted. RATE_LIMITS=off lifts all of it. */
@Injectable()
export class ConnectionRates {
  private readonly addressConnections: SharedRate | undefined;
  private readonly userConnections: SharedRate | undefined;
  private readonly addressBadTokens: SharedRate | undefined;
  private readonly warning = new RareWarning(new Logger(ConnectionRates.name));

  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(RateStore) private readonly store: RateStore,
  ) {
    const { limits } = environment;
    if (!limits.areOn) return;
    this.addressConnections = this.rate('address-connections', limits.addressConnections);
    this.userConnections = this.rate('user-connections', limits.userConnections);
    this.addressBadTokens = this.rate('address-bad-tokens', limits.addressBadTokens);
  }

  /** Counts a handshake. @throws GatewayError RATE_LIMIT_EXCEEDED where an address begins too many */
  async assertHandshake(address: string): Promise<void> {
    const excess = await this.addressConnections?.take(addressKey(address));
    if (excess) throw tooManyConnections('from this address', this.environment.limits.addressConnections, excess);
  }

  /** Counts a socket. @throws GatewayError RATE_LIMIT_EXCEEDED where a user opens too many */
  async assertConnection(userId: string): Promise<void> {
    const excess = await this.userConnections?.take(userId);
    if (excess) throw tooManyConnections('by this user', this.environment.limits.userConnections, excess);
  }

  /** Counts nothing. @throws GatewayError RATE_LIMIT_EXCEEDED where too many bad tokens came from an address */
  assertMayTry(address: string): void {
    const excess = this.addressBadTokens?.known(addressKey(address));
    if (excess) throw this.tooManyBadTokens(excess);
  }

  /** Counts a token that was refused. @throws GatewayError as assertMayTry */
  async countBadToken(address: string): Promise<void> {
    const excess = await this.addressBadTokens?.take(addressKey(address));
    if (excess) throw this.tooManyBadTokens(excess);
  }

  private tooManyBadTokens(excess: Excess): GatewayError {
    const allowed = this.environment.limits.addressBadTokens;
    return refusal('Too many bad tokens came from this address.', 'badTokensPerMinute', allowed, excess);
  }

  private rate(name: string, points: number): SharedRate {
    const limit = { points, durationSeconds: DURATION_SECONDS };
    return new SharedRate({
      ...limit,
      store: this.store.limiter(name, limit),
      onTrouble: (error) =>
        this.warning.warn(`Connections are counted by this node alone for a moment: ${(error as Error).message}`),
    });
  }
}

function tooManyConnections(whose: string, allowed: number, excess: Excess): GatewayError {
  return refusal(`Too many connections are opened ${whose}.`, 'connectionsPerMinute', allowed, excess);
}

/** `details` as those of the limits that a user's requests have. */
function refusal(message: string, limit: string, allowed: number, { retryAfterMs }: Excess): GatewayError {
  return new GatewayError('RATE_LIMIT_EXCEEDED', message, { details: { limit, allowed, used: allowed }, retryAfterMs });
}
