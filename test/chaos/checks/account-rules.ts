import type { GrantRecord } from '../history.js';
import type { Violation } from '../violation.js';
import type { Stored } from './stored.js';

/** What was granted, as the harness knows it, is what is there and what was charged. */
export function checkAccounts(
  { accounts, requests }: Pick<Stored, 'accounts' | 'requests'>,
  grants: readonly GrantRecord[],
): Violation[] {
  const violations: Violation[] = [];
  for (const account of accounts) {
    const own = grants.filter(({ userId }) => `user:${userId}` === account.id);
    const granted = own.reduce((sum, { amount }) => sum + amount, 0n);
    const charges = [...requests.values()].filter(({ accountId, charged }) => accountId === account.id && charged);
    const charged = charges.reduce((sum, request) => sum + request.charged!, 0n);
    const say = (rule: string, detail: string) => violations.push({ rule, detail: `${account.id}: ${detail}` });
    if (granted !== account.granted) say('grants', `granted were ${granted}, booked are ${account.granted}`);
    if (account.posted + charged !== granted)
      say('conservation', `${granted} granted, ${charged} charged, ${account.posted} left`);
    if (account.charged !== charged || account.charges !== charges.length)
      say('charges', `entries of ${account.charged}, holds of ${charged}`);
    if (account.held !== 0n) say('held-at-the-end', `${account.held} are still held`);
  }
  return violations;
}
