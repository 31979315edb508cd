import type { AuditKeys } from '../audit-keys.js';
import type { RunQuery } from '../run-query.js';
import { EVENTS_A_SEAL } from '../seal/seal-batch.js';
import { READ_BY_INDEX, SEALED_ROWS, type SealedRow } from '../seal/sealed-row.js';
import { checkAnchors } from './check-anchors.js';
import { checkLedger } from './check-ledger.js';
import { checkPrunings } from './check-prunings.js';
import { contradictions } from './contradictions.js';
import { factsOf } from './row-facts.js';
import { SealChains } from './seal-chains.js';
import { checkGroup, sealGroups } from './seal-walk.js';
import type { KeptAnchors } from './kept-anchors.js';
import type { TrailFault } from './trail-fault.js';

export interface VerifyOptions {
  keys: AuditKeys;
  /** Only seals that were made at that time or later, and before the other: without the ledger as a whole. */
  from?: Date;
  to?: Date;
  keptAnchors?: KeptAnchors;
  report: (fault: TrailFault) => void;
}

/** What was looked at. */
export interface VerifiedTrail {
  seals: number;
  chains: number;
  events: number;
  /** The newest seal that was looked at. */
  sealed: { lastEvent: string; at: string; digest: string } | undefined;
  /** Events that came after the newest seal; held to the ledger alone. */
  unsealed: number;
  anchors: number;
  prunedUpTo: bigint;
}

/**
 * Holds the trail and the ledger to their seals, and to each other, in the caller's transaction (REPEATABLE READ: what is
 * added meanwhile is not looked at). Memory is bounded, however long the trail is.
 */
export async function verifyTrail(query: RunQuery, options: VerifyOptions): Promise<VerifiedTrail> {
  const { keys, from, to, keptAnchors = new Map<string, ReadonlySet<string>>(), report } = options;
  await query(READ_BY_INDEX);
  const pruned = await checkPrunings(query, keys, report);
  const isWhole = from === undefined && to === undefined;
  const chains = new SealChains(keys, isWhole);
  const verified: VerifiedTrail = {
    ...{ seals: 0, chains: 0, events: 0, sealed: undefined, unsealed: 0, anchors: 0, prunedUpTo: pruned.upTo },
  };
  for await (const group of sealGroups(query, { ...(from && { from }), ...(to && { to }), prunedUpTo: pruned.upTo })) {
    group.seals.forEach((seal) => chains.follow(seal).forEach(report));
    checkGroup(keys, group, pruned.upTo).forEach(report);
    const last = group.seals.at(-1)!;
    verified.seals += group.seals.length;
    verified.events += group.rows.length;
    verified.sealed = { lastEvent: last.lastEvent, at: last.sealedAt, digest: last.digest.toString('hex') };
  }
  verified.chains = chains.count;
  verified.anchors = await checkAnchors(query, keys, keptAnchors, report);
  if (!isWhole) return verified;
  verified.unsealed = await checkUnsealed(query, verified.sealed?.lastEvent ?? '0', report);
  await query(READ_ANYHOW);
  await checkLedger(query, pruned, report);
  return verified;
}

const READ_ANYHOW = READ_BY_INDEX.replace("'off'", "'on'");
const LARGEST_ID = '9223372036854775807';

/** What came after the newest seal has none yet: it is held to the ledger. */
async function checkUnsealed(
  query: RunQuery,
  lastSealed: string,
  report: (fault: TrailFault) => void,
): Promise<number> {
  let count = 0;
  for (let after = lastSealed; ;) {
    const rows = await query<SealedRow>(SEALED_ROWS, [after, LARGEST_ID, EVENTS_A_SEAL]);
    if (rows.length === 0) return count;
    rows.forEach((row) => contradictions(factsOf(row)).forEach(report));
    count += rows.length;
    after = rows.at(-1)!.id;
  }
}
