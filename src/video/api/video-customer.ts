import type { Response } from 'express';
import type { Identity } from '../../auth/identity.js';
import type { Rights } from '../../auth/role-rights.js';
import type { HoldClaim, RoleTable } from '../../auth/role-table.js';
import { rateLimitHeaders, type MinuteLimits } from '../../common/http/rate-limit-headers.js';

/** Who orders a video, and by what right. */
export interface VideoCustomer {
  userId: string;
  rights: Rights;
  claim: HoldClaim;
  /** Told what is left of the user's minute, where that is limited and something new was held. */
  admitted: (limits: MinuteLimits) => void;
}

/** Whoever sent a request; its answer says what is left of the minute. */
export function customerOf(identity: Identity, roles: RoleTable, response: Response): VideoCustomer {
  return {
    userId: identity.userId,
    rights: roles.rightsOf(identity.roles),
    claim: roles.claimOf(identity),
    admitted: (limits) => void response.set(rateLimitHeaders(limits)),
  };
}
