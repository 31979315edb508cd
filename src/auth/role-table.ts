import { Inject, Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import type { GatewayConfig } from '../config/gateway-config/gateway-config.js';
import { GatewayConfiguration } from '../config/gateway-config/gateway-configuration.js';
import type { Identity } from './identity.js';
import { rightsOf, type Rights } from './role-rights.js';

/** Tokens choose their roles: so many combinations are remembered, then it begins anew. */
const MOST_REMEMBERED = 1_000;

/** By what the ledger knows whoever asks for a hold, beside the account. */
export interface HoldClaim {
  /** The limits of the roles, as JSON text. */
  limits?: string;
  /** The token, by which it may have been revoked. */
  tokenName?: string;
}

/** What roles allow, by the configuration in force: what changes there holds for whoever is connected, too. */
@Injectable()
export class RoleTable {
  private readonly areLimitsOn: boolean;
  private readonly remembered = new Map<string, Rights>();
  private config: GatewayConfig | undefined;

  constructor(
    @Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration,
    @Inject(ENVIRONMENT) { limits }: Environment,
  ) {
    this.areLimitsOn = limits.areOn;
  }

  rightsOf(roles: readonly string[]): Rights {
    const { inForce } = this.configuration;
    if (inForce !== this.config || this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.config = inForce;
    const name = JSON.stringify(roles);
    let rights = this.remembered.get(name);
    if (!rights) {
      rights = rightsOf(roles, inForce.roles);
      this.remembered.set(name, rights);
    }
    return rights;
  }

  claimOf({ roles, tokenId }: Pick<Identity, 'roles' | 'tokenId'>): HoldClaim {
    const { limits } = this.rightsOf(roles);
    return {
      ...(limits === undefined || !this.areLimitsOn ? {} : { limits }),
      ...(tokenId === undefined ? {} : { tokenName: tokenNameOf(tokenId) }),
    };
  }
}

/** How the ledger names a token (access.revocation). Ids are the issuer's: one that can't be kept as it is has a digest. */
export function tokenNameOf(tokenId: string): string {
  return /^[\x20-\x7e]{1,128}$/.test(tokenId) ? `token:${tokenId}` : `token:sha256:${hash('sha256', tokenId, 'hex')}`;
}
