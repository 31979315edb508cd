import type { AuditKeys } from '../audit-keys.js';
import type { RunQuery } from '../run-query.js';
import { FORMAT } from '../seal/keyed-digest.js';
import {
  NOTHING_BEFORE,
  PRUNING_COLUMNS,
  pruningDigest,
  SEAL_COLUMNS,
  utc,
  type PruningRecord,
  type SealRecord,
} from '../seal/seal-records.js';
import { READ_BY_INDEX } from '../seal/sealed-row.js';
import { SealChains } from '../verify/seal-chains.js';
import { checkGroup, readGroup } from '../verify/seal-walk.js';
import { describeFault } from '../verify/trail-fault.js';

/** At most so many events, in thousands, go in one transaction. */
const SEALS_A_BATCH = 10;

/**
 * Lets the oldest events go whose seals are older than `keepDays`, in the caller's transaction, which has the sealers'
 * lock. Their seals stay, and what goes is noted with a digest of ours: whoever deletes without the secret is found out.
 * @returns how many events went; 0: none is old enough
 * @throws Error where they are not as they were sealed: evidence is not thrown away
 */
export async function pruneBatch(query: RunQuery, keys: AuditKeys, keepDays: number): Promise<number> {
  await query(READ_BY_INDEX);
  const [last] = await query<PruningRecord>(
    `SELECT ${PRUNING_COLUMNS} FROM audit.pruning ORDER BY audit.pruning.number DESC LIMIT 1`,
  );
  const seals = await query<SealRecord>(OLD_SEALS, [last?.lastEvent ?? '0', keepDays]);
  if (seals.length === 0) return 0;
  await assertIntact(query, keys, seals);
  const [{ now }] = (await query<{ now: string }>(`SELECT ${utc('clock_timestamp()')} AS now`)) as [{ now: string }];
  const sum = (count: 'events' | 'holds' | 'entries') => seals.reduce((total, seal) => total + seal[count], 0);
  const pruning = {
    ...{ number: String(BigInt(last?.number ?? 0) + 1n), lastEvent: seals.at(-1)!.lastEvent },
    ...{ events: String(sum('events')), holds: String(sum('holds')), entries: String(sum('entries')) },
    ...{ prunedAt: now, format: FORMAT, keyId: keys.current.id, previous: last?.digest ?? NOTHING_BEFORE },
  };
  await prune(query, { ...pruning, digest: pruningDigest(keys.current, pruning) });
  return sum('events');
}

/** What is anchored alone: the newest anchor never names a seal without events. */
const OLD_SEALS = `
  SELECT ${SEAL_COLUMNS} FROM audit.seal WHERE after_event >= $1 AND sealed_at < clock_timestamp() - $2 * interval '1 day'
    AND last_event <= (SELECT max(a.last_event) FROM audit.anchor a) ORDER BY after_event LIMIT ${SEALS_A_BATCH}`;

async function assertIntact(query: RunQuery, keys: AuditKeys, seals: SealRecord[]): Promise<void> {
  const chains = new SealChains(keys, false);
  const group = await readGroup(query, seals, 0n);
  const faults = [...seals.flatMap((seal) => chains.follow(seal)), ...checkGroup(keys, group, 0n)];
  if (faults.length > 0)
    throw new Error(`nothing is pruned, as the trail is not as it was sealed: ${describeFault(faults[0]!)}`);
}

async function prune(query: RunQuery, pruning: PruningRecord): Promise<void> {
  const { number, lastEvent, events, holds, entries, prunedAt, format, keyId, previous, digest } = pruning;
  await query('SELECT audit.prune(ROW($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)::audit.pruning)', [
    ...[number, lastEvent, events, holds, entries, prunedAt, format, keyId, previous, digest],
  ]);
}
