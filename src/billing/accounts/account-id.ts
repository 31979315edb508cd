/** The ledger's name of a user's credit account. */
export function accountIdOf(userId: string): string {
  return `user:${userId}`;
}
