import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Act } from '../audit/audit-actions.js';
import type { AuditFact } from '../audit/audit-event.js';
import { AccountsService, type AccountState, type GrantResult } from '../billing/accounts/accounts.service.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { creditsNumber, type MicroCredits } from '../common/money/micro-credits.js';

/** Who acts, and on whose account. */
export interface Administration {
  adminId: string;
  userId: string;
}

export interface GrantOrder {
  amount: MicroCredits;
  reason: string;
  idempotencyKey: string;
}

/** What administrators do to accounts. Each act is written down before it is done: what can't be noted is not done. */
@Injectable()
export class AccountAdministration {
  constructor(
    @Inject(AccountsService) private readonly accounts: AccountsService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** @throws GatewayError NOT_FOUND for a user without an account */
  async look(userId: string): Promise<AccountState> {
    const state = await orUnavailable(this.accounts.find(userId));
    if (!state) throw noAccount();
    return state;
  }

  /** @throws GatewayError CONFLICT where the key granted another amount before */
  async grant({ adminId, userId }: Administration, order: GrantOrder): Promise<GrantResult> {
    const { amount, reason, idempotencyKey } = order;
    const details = { credits: creditsNumber(amount), idempotencyKey, reason };
    return this.act(adminId, 'admin.grant', userId, details, () =>
      this.accounts.grant({
        userId,
        amount,
        idempotencyKey: `admin:${idempotencyKey}`, // the house's own keys ('signup') are nobody else's
        meta: { reason, grantedBy: adminId },
      }),
    );
  }

  /** @throws GatewayError NOT_FOUND */
  async freeze({ adminId, userId }: Administration, reason: string): Promise<AccountState> {
    await this.look(userId);
    await this.act(adminId, 'admin.freeze', userId, { reason }, () => this.accounts.freeze(userId, reason));
    return this.look(userId);
  }

  /** @throws GatewayError NOT_FOUND */
  async unfreeze({ adminId, userId }: Administration): Promise<AccountState> {
    await this.look(userId);
    await this.act(adminId, 'admin.unfreeze', userId, {}, () => this.accounts.unfreeze(userId));
    return this.look(userId);
  }

  private act<T>(
    adminId: string,
    action: Act,
    subject: string,
    details: Record<string, AuditFact>,
    work: () => Promise<T>,
  ): Promise<T> {
    return this.audit.act({ actor: `user:${adminId}`, action, subject, details }, () => orUnavailable(work()));
  }
}

function noAccount(): GatewayError {
  return new GatewayError('NOT_FOUND', 'This user has no account; one begins with its first credits.');
}
