import type { AuditKeys } from '../audit-keys.js';
import type { RunQuery } from '../run-query.js';
import { leavesDigest, unpackLeaves } from '../seal/leaves.js';
import { EVENTS_A_SEAL } from '../seal/seal-batch.js';
import { SEAL_COLUMNS, type SealRecord } from '../seal/seal-records.js';
import { SEALED_ROWS, type SealedRow } from '../seal/sealed-row.js';
import { checkRows } from './check-rows.js';
import type { TrailFault } from './trail-fault.js';

const SEALS_A_PAGE = 500;
/** Seals of quiet times are small: so many events are read at once. */
const EVENTS_A_READ = 2 * EVENTS_A_SEAL;
const NO_LIMIT = 2 ** 31 - 1;

type StoredSeal = SealRecord & { packed: Buffer | null };

/** Seals that are looked at together, and the rows that they are about. */
export interface SealGroup {
  seals: StoredSeal[];
  rows: SealedRow[];
}

export interface SealRange {
  /** Seals that were made at that time or later, and before the other; absent: all. */
  from?: Date;
  to?: Date;
  /** Of seals up to this event, the rows are kept no longer. */
  prunedUpTo: bigint;
}

/** Reads seals in the order of their events, with their rows, the next group while the caller looks at one. */
export async function* sealGroups(query: RunQuery, range: SealRange): AsyncGenerator<SealGroup> {
  let next: Promise<SealGroup> | undefined;
  for await (const seals of groups(query, range)) {
    const group = next;
    next = readGroup(query, seals, range.prunedUpTo);
    next.catch(() => undefined); // told where it is awaited
    if (group) yield await group;
  }
  if (next) yield await next;
}

async function* groups(query: RunQuery, { from, to }: SealRange): AsyncGenerator<SealRecord[]> {
  for (let after = '-1'; ;) {
    const page = await query<SealRecord>(
      `SELECT ${SEAL_COLUMNS} FROM audit.seal WHERE after_event > $1 AND sealed_at >= coalesce($2, '-infinity'::timestamptz)
       AND sealed_at < coalesce($3, 'infinity'::timestamptz) ORDER BY after_event LIMIT ${SEALS_A_PAGE}`,
      [after, from ?? null, to ?? null],
    );
    if (page.length === 0) return;
    let group: SealRecord[] = [];
    let events = 0;
    for (const seal of page) {
      if (group.length > 0 && events + seal.events > EVENTS_A_READ) {
        yield group;
        [group, events] = [[], 0];
      }
      group.push(seal);
      events += seal.events;
    }
    yield group;
    after = page.at(-1)!.afterEvent;
  }
}

/** Seals that follow one another, with the rows of those that are not pruned. */
export async function readGroup(query: RunQuery, seals: SealRecord[], prunedUpTo: bigint): Promise<SealGroup> {
  const kept = seals.filter(({ lastEvent }) => BigInt(lastEvent) > prunedUpTo);
  if (kept.length === 0) return { seals: seals.map((seal) => ({ ...seal, packed: null })), rows: [] };
  const stored = await query<{ after: string; packed: Buffer }>(
    'SELECT after_event::text AS after, leaves AS packed FROM audit.seal_leaves WHERE after_event = ANY ($1)',
    [kept.map(({ afterEvent }) => afterEvent)],
  );
  const packed = new Map(stored.map((row) => [row.after, row.packed]));
  const rows = await query<SealedRow>(SEALED_ROWS, [kept[0]!.afterEvent, kept.at(-1)!.lastEvent, NO_LIMIT]);
  return { seals: seals.map((seal) => ({ ...seal, packed: packed.get(seal.afterEvent) ?? null })), rows };
}

/** What is wrong with the rows of each seal. */
export function checkGroup(keys: AuditKeys, { seals, rows }: SealGroup, prunedUpTo: bigint): TrailFault[] {
  let next = 0;
  return seals.flatMap((seal) => {
    if (BigInt(seal.lastEvent) <= prunedUpTo) return [];
    const first = next;
    while (next < rows.length && BigInt(rows[next]!.id) <= BigInt(seal.lastEvent)) next++;
    const key = keys.find(seal.keyId);
    if (!key) return []; // told already: nothing can be said of its rows
    const leaves = readLeaves(seal);
    if (leaves) return checkRows(key, leaves, rows.slice(first, next));
    const detail = 'its list of events does not fit';
    return [{ subject: 'seal', id: `${seal.chain} ${seal.number}`, kind: 'changed', detail }];
  });
}

function readLeaves({ packed, leaves, events }: StoredSeal) {
  if (packed === null || !leavesDigest(packed).equals(leaves)) return undefined;
  const list = unpackLeaves(packed);
  return list?.length === events ? list : undefined;
}
