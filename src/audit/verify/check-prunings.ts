import type { AuditKeys } from '../audit-keys.js';
import type { RunQuery } from '../run-query.js';
import { FORMAT } from '../seal/keyed-digest.js';
import { NOTHING_BEFORE, PRUNING_COLUMNS, pruningDigest, type PruningRecord } from '../seal/seal-records.js';
import type { TrailFault } from './trail-fault.js';

/** What is no longer kept: everything up to this event. */
export interface Pruned {
  /** 0: nothing was pruned. */
  upTo: bigint;
  /** Holds and entries of pruned events. */
  holds: bigint;
  entries: bigint;
}

/** Walks what retention noted. An event that a pruning with a digest of ours does not cover is missing, not pruned. */
export async function checkPrunings(
  query: RunQuery,
  keys: AuditKeys,
  report: (fault: TrailFault) => void,
): Promise<Pruned> {
  const pruned: Pruned = { upTo: 0n, holds: 0n, entries: 0n };
  let previous: Buffer = NOTHING_BEFORE;
  let number = 0n;
  const all = await query<PruningRecord>(`SELECT ${PRUNING_COLUMNS} FROM audit.pruning ORDER BY audit.pruning.number`);
  for (const pruning of all) {
    const key = keys.find(pruning.keyId);
    const isOurs = key && pruning.format === FORMAT && pruningDigest(key, pruning).equals(pruning.digest);
    const follows = BigInt(pruning.number) === ++number && pruning.previous.equals(previous);
    if (!isOurs || !follows)
      report({ subject: 'pruning', id: pruning.number, kind: isOurs ? 'out of order' : 'forged' });
    if (!isOurs) break;
    previous = pruning.digest;
    pruned.upTo = BigInt(pruning.lastEvent);
    pruned.holds += BigInt(pruning.holds);
    pruned.entries += BigInt(pruning.entries);
  }
  return pruned;
}
