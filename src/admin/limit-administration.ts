import { Inject, Injectable } from '@nestjs/common';
import type { AuditFact } from '../audit/audit-event.js';
import { AuditService } from '../audit/audit.service.js';
import { UserLimitsService, type LimitUsage, type UserLimits } from '../billing/accounts/user-limits.service.js';
import { creditsNumber } from '../common/money/micro-credits.js';
import { orUnavailable } from '../database/or-unavailable.js';
import type { Administration } from './account-administration.js';

export interface LimitState {
  limits: UserLimits;
  usage: LimitUsage;
}

/** Limits that administrators give single users; a user needs no account for it yet. */
@Injectable()
export class LimitAdministration {
  constructor(
    @Inject(UserLimitsService) private readonly userLimits: UserLimitsService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** @throws GatewayError UNAVAILABLE */
  async look(userId: string): Promise<LimitState> {
    const [limits, usage] = await orUnavailable(
      Promise.all([this.userLimits.find(userId), this.userLimits.usage(userId)]),
    );
    return { limits, usage };
  }

  /** @param changes what is left out stays. @throws GatewayError UNAVAILABLE */
  async change({ adminId, userId }: Administration, changes: Partial<UserLimits>): Promise<LimitState> {
    if (Object.keys(changes).length > 0) {
      const before = await orUnavailable(this.userLimits.find(userId));
      const details = actDetails(before, changes);
      await this.audit.act({ actor: `user:${adminId}`, action: 'admin.limits', subject: userId, details }, () =>
        orUnavailable(this.userLimits.set(userId, changes)),
      );
    }
    return this.look(userId);
  }
}

/** What each limit was, and what it is from now on; credits as credits. */
function actDetails(before: UserLimits, changes: Partial<UserLimits>): Record<string, AuditFact> {
  const names = Object.keys(changes) as (keyof UserLimits)[];
  const fact = (value: number | bigint | null) => (typeof value === 'bigint' ? creditsNumber(value) : value);
  return Object.fromEntries(
    names.flatMap((name) => [
      [name, fact(changes[name]!)],
      [`${name}Before`, fact(before[name])],
    ]),
  );
}
