import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuditService } from '../audit/audit.service.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { AuthGuard } from './auth.guard.js';
import { DevelopmentTokens } from './development-token.js';
import { HandshakeAuthenticator } from './handshake-authenticator.js';
import { LimitsModule } from '../limits/limits.module.js';
import { RevocationsModule } from './revocations/revocations.module.js';
import { Revocations } from './revocations/revocations.service.js';
import { RoleTable } from './role-table.js';
import { RolesModule } from './roles.module.js';
import type { ClaimRules } from './token-claims.js';
import { TokenAttempts } from './token-attempts.js';
import { createTokenSignature } from './token-signature.js';
import { CLAIM_RULES, TOKEN_SIGNATURE, TokenVerifier } from './token-verifier.js';
import { loadVerificationKey, VERIFICATION_KEY } from './verification-key.js';
import { WsTicketController } from './ws-ticket.controller.js';
import { WsTicketStore } from './ws-ticket.store.js';

const claimRules = (
  { identity }: Environment,
  table: RoleTable,
  revocations: Revocations,
  audit: AuditService,
): ClaimRules => ({
  issuer: identity.issuer,
  audience: identity.audience,
  capabilitiesOf: (roles) => table.rightsOf(roles).capabilities,
  assertAdmitted: (who) => {
    try {
      revocations.assertAdmitted(who);
    } catch (error) {
      audit.refused(error, { userId: who.userId, about: { isRevoked: true } }); // whose token it was is known, unlike a bad one's
      throw error;
    }
  },
});

/** Who is asking and what they may do: for REST routes (`@Requires`), for WebSocket handshakes, and tokens to try it with. */
@Module({
  imports: [AuditModule, LimitsModule, RevocationsModule, RolesModule],
  controllers: [WsTicketController],
  providers: [
    { provide: VERIFICATION_KEY, useFactory: loadVerificationKey, inject: [ENVIRONMENT] },
    { provide: TOKEN_SIGNATURE, useFactory: createTokenSignature, inject: [VERIFICATION_KEY] },
    { provide: CLAIM_RULES, useFactory: claimRules, inject: [ENVIRONMENT, RoleTable, Revocations, AuditService] },
    TokenVerifier,
    TokenAttempts,
    AuthGuard,
    DevelopmentTokens,
    WsTicketStore,
    HandshakeAuthenticator,
  ],
  exports: [
    RevocationsModule,
    RolesModule,
    TokenVerifier,
    TokenAttempts,
    AuthGuard,
    DevelopmentTokens,
    HandshakeAuthenticator,
  ],
})
export class AuthModule {}
