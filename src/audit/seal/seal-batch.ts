import type { AuditKey } from '../audit-keys.js';
import type { RunQuery } from '../run-query.js';
import { FORMAT } from './keyed-digest.js';
import { leavesDigest, packLeaves, type Leaf } from './leaves.js';
import { NOTHING_BEFORE, sealDigest, utc, type SealRecord } from './seal-records.js';
import { leafOf, READ_BY_INDEX, SEALED_ROWS, type SealedRow } from './sealed-row.js';

/** Bounds the memory of a sealer, and how much of the trail one query of the verifier is about. */
export const EVENTS_A_SEAL = 1_000;

interface SealPlace {
  afterEvent: string;
  number: string;
  previous: Buffer;
  now: string;
}

/**
 * Seals the oldest events that are not sealed, in the caller's transaction, which has the sealers' lock.
 * @param upTo no event with an id up to this one can appear any more
 * @returns how many events it sealed; 0: there are none
 */
export async function sealBatch(query: RunQuery, key: AuditKey, chain: string, upTo: bigint): Promise<number> {
  await query(READ_BY_INDEX);
  const [place] = await query<SealPlace>(PLACE, [chain]);
  const { afterEvent, number, previous, now } = place!;
  const rows = await query<SealedRow>(SEALED_ROWS, [afterEvent, String(upTo), EVENTS_A_SEAL]);
  if (rows.length === 0) return 0;
  const leaves = rows.map((row) => leafOf(key, row));
  const packed = packLeaves(leaves);
  const seal = {
    ...{ afterEvent, lastEvent: rows.at(-1)!.id, chain, number, ...countsOf(leaves), sealedAt: now },
    ...{ format: FORMAT, keyId: key.id, leaves: leavesDigest(packed), previous: previous ?? NOTHING_BEFORE },
  };
  await addSeal(query, { ...seal, digest: sealDigest(key, seal) }, packed);
  return rows.length;
}

/** Where the next seal goes: after which event, and at which place of its chain. */
const PLACE = `
  SELECT coalesce((SELECT max(last_event) FROM audit.seal), 0)::text AS "afterEvent",
    (coalesce(head.number, 0) + 1)::text AS number, head.digest AS previous, ${utc('clock_timestamp()')} AS now
  FROM (SELECT) one LEFT JOIN LATERAL (SELECT number, digest FROM audit.seal WHERE chain = $1 ORDER BY number DESC LIMIT 1) head ON true`;

function countsOf(leaves: readonly Leaf[]): Pick<SealRecord, 'events' | 'holds' | 'entries'> {
  const holds = leaves.filter(({ hold }) => hold !== null).length;
  const entries = leaves.filter(({ entry }) => entry !== null).length;
  return { events: leaves.length, holds, entries };
}

async function addSeal(query: RunQuery, seal: SealRecord, packed: Buffer): Promise<void> {
  await query('SELECT audit.add_seal(ROW($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)::audit.seal, $14)', [
    ...[seal.afterEvent, seal.lastEvent, seal.chain, seal.number, seal.events, seal.holds, seal.entries],
    ...[seal.sealedAt, seal.format, seal.keyId, seal.leaves, seal.previous, seal.digest, packed],
  ]);
}
