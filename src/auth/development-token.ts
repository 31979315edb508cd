import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { randomUUID } from 'node:crypto';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { VERIFICATION_KEY, type VerificationKey } from './verification-key.js';

export interface DevelopmentTokenRequest {
  userId: string;
  roles: readonly string[];
  ttlSeconds: number;
}

/** Why no token can be signed here; the message says it to the person who asked. */
export class DevelopmentTokenError extends Error {
  override readonly name = 'DevelopmentTokenError';
}

/** Signs tokens that this gateway accepts, for trying it out. */
@Injectable()
export class DevelopmentTokens {
  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(VERIFICATION_KEY) private readonly key: VerificationKey,
  ) {}

  /** @throws DevelopmentTokenError in production and staging, and where tokens are verified by a public key. */
  sign({ userId, roles, ttlSeconds }: DevelopmentTokenRequest): string {
    const { isProduction, mode } = this.environment;
    if (isProduction) throw new DevelopmentTokenError(`Development tokens are off in ${mode} (NODE_ENV=${mode}).`);
    if (this.key.kind !== 'secret') {
      throw new DevelopmentTokenError(
        'This gateway verifies tokens by a public key (JWT_PUBLIC_KEY or JWT_JWKS_URL); only its issuer can sign them.',
      );
    }
    const { issuer, audience } = this.environment.identity;
    return new JwtService({ secret: this.key.secret }).sign(
      { roles },
      {
        algorithm: 'HS256',
        subject: userId,
        jwtid: randomUUID(),
        expiresIn: ttlSeconds,
        ...(issuer && { issuer }),
        ...(audience && { audience }),
      },
    );
  }
}
