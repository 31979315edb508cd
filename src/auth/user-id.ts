/**
 * What may name a user: 1 to 128 printable ASCII characters without a space at either end. The ledger's account is
 * `user:` and this, and its own check allows the same.
 */
export function isUserId(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~](?:[ -~]{0,126}[!-~])?$/.test(value);
}

/** For messages: what a user's name must be. */
export const USER_ID_RULE = '1 to 128 printable ASCII characters without a space at either end';
