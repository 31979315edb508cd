import type { AuditKey } from '../audit-keys.js';
import { isSameDigest, type Leaf } from '../seal/leaves.js';
import { digestOfEvent, leafOf, type SealedRow } from '../seal/sealed-row.js';
import { contradictions } from './contradictions.js';
import { entryName, factsOf, holdName } from './row-facts.js';
import type { TrailFault } from './trail-fault.js';

/** A swap of contents is looked for among so many rows of a seal. */
const MOST_SUSPECTS = 200;

/** What is wrong with the rows that a seal covers. Pure. */
export function checkRows(key: AuditKey, sealed: readonly Leaf[], rows: readonly SealedRow[]): TrailFault[] {
  const expected = new Map(sealed.map((leaf) => [leaf.id, leaf]));
  const present = rows.map((row) => ({ row, leaf: leafOf(key, row) }));
  const faults: TrailFault[] = [];
  const suspects: SealedRow[] = [];
  for (const { row, leaf } of present) {
    const was = expected.get(leaf.id);
    if (was && isSameDigest(was.event, leaf.event)) faults.push(...checkLedgerRows(row, was, leaf));
    else suspects.push(row);
  }
  const ids = new Set(present.map(({ leaf }) => leaf.id));
  const missing = sealed.filter(({ id }) => !ids.has(id));
  const lost = sealed.filter(({ id }) => !ids.has(id) || suspects.some((row) => row.id === String(id)));
  faults.push(
    ...missing.map(({ id }): TrailFault => ({ subject: 'event', id: String(id), kind: 'missing' })),
    ...suspects.map((row) => nameSuspect(key, row, expected, lost)),
  );
  return faults;
}

/** Hold and entry of an event that is as it was. */
function checkLedgerRows(row: SealedRow, was: Leaf, leaf: Leaf): TrailFault[] {
  const faults: TrailFault[] = [];
  if (!isSameDigest(was.hold, leaf.hold)) {
    faults.push({ subject: 'hold', id: holdName(row), kind: kindOf(was.hold, leaf.hold) });
  }
  if (!isSameDigest(was.entry, leaf.entry)) {
    faults.push({ subject: 'entry', id: entryName(row), kind: kindOf(was.entry, leaf.entry) });
  }
  return faults.length > 0 ? faults : contradictions(factsOf(row));
}

function kindOf(was: Buffer | null, is: Buffer | null): 'changed' | 'missing' | 'added' {
  if (was === null) return 'added';
  return is === null ? 'missing' : 'changed';
}

/** An event that is not what was sealed under its id: new, changed, or another one's content. */
function nameSuspect(
  key: AuditKey,
  row: SealedRow,
  expected: ReadonlyMap<bigint, Leaf>,
  lost: readonly Leaf[],
): TrailFault {
  const origin = lost
    .slice(0, MOST_SUSPECTS)
    .find(({ id, event }) => String(id) !== row.id && isSameDigest(event, digestOfEvent(key, row, String(id))));
  if (origin) return { subject: 'event', id: row.id, kind: 'moved', detail: `it was event ${origin.id}` };
  return { subject: 'event', id: row.id, kind: expected.has(BigInt(row.id)) ? 'changed' : 'added' };
}
