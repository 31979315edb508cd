import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { isPassingTrouble } from '../database/passing-trouble.js';
import type { ErasureReport } from '../privacy/erasure-report.js';
import { UserErasure } from '../privacy/user-erasure.service.js';
import type { Administration } from './account-administration.js';

const RETRY_AFTER_MS = 2_000;

/** Administrators erase what is kept of a user: noted in the trail before anything goes. */
@Injectable()
export class UserDataErasure {
  constructor(
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(UserErasure) private readonly erasure: UserErasure,
  ) {}

  /** @throws GatewayError UNAVAILABLE: what was erased until then stays erased, and the same call again goes on */
  async erase({ adminId, userId }: Administration): Promise<ErasureReport> {
    return this.audit.act({ actor: `user:${adminId}`, action: 'admin.erase', subject: userId }, () =>
      this.eraseAll(userId),
    );
  }

  private async eraseAll(userId: string): Promise<ErasureReport> {
    try {
      return await this.erasure.erase(userId);
    } catch (error) {
      if (!isPassingTrouble(error)) throw error;
      throw new GatewayError('UNAVAILABLE', 'Not everything could be erased yet; ask again.', {
        retryAfterMs: RETRY_AFTER_MS,
        cause: error,
      });
    }
  }
}
