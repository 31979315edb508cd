/**
 * What happened, by its name in the trail; docs/audit.md says of each who did it, on whom, and what its details tell.
 * A name that is not here can't be written by the gateway.
 */

/** Written by the database itself, in the transaction of what they tell of. */
export const DATABASE_ACTIONS = ['ai.settled', 'ai.released', 'ledger.grant', 'ledger.refund', 'audit.pruned'] as const;

/** Written in the background, after the fact. */
export const NOTED_ACTIONS = ['ai.refused', 'admin.refused', 'config.applied', 'config.refused'] as const;

/** Written before they are done. One that fails leaves another event, of this name with `.failed` behind it. */
export const ACTS = [
  'admin.grant',
  'admin.freeze',
  'admin.unfreeze',
  'admin.limits',
  'admin.erase',
  'admin.revoke',
  'admin.readmit',
  'admin.breaker',
  'admin.video.resolve',
  'admin.usage.read',
  'admin.audit.read',
  'admin.audit.export',
  'admin.keys.rotate',
  'admin.backup',
  'admin.restore',
] as const;

export type Act = (typeof ACTS)[number];
export type AuditAction = (typeof NOTED_ACTIONS)[number] | Act | `${Act}.failed`;
