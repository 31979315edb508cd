import { tokenNameOf } from '../auth/role-table.js';
import { accountIdOf } from '../billing/accounts/account-id.js';
import { validationFailure } from '../common/errors/field-faults.js';

/** A user or a token; null is as good as absent. */
export interface RevocationTarget {
  userId?: string | null;
  tokenId?: string | null;
}

/**
 * By what name the database knows a user or a token that is shut out.
 * @throws GatewayError VALIDATION_ERROR where there is not exactly one of both
 */
export function revokedName({ userId, tokenId }: RevocationTarget): string {
  const hasUser = typeof userId === 'string';
  const hasToken = typeof tokenId === 'string';
  if (hasUser === hasToken) {
    throw validationFailure([{ field: 'userId', message: 'Exactly one of userId and tokenId must be given' }]);
  }
  return hasUser ? accountIdOf(userId) : tokenNameOf(tokenId!);
}
