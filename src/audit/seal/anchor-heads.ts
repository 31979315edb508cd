import type { AuditKey } from '../audit-keys.js';
import type { RunQuery } from '../run-query.js';
import { FORMAT } from './keyed-digest.js';
import { ANCHOR_COLUMNS, anchorDigest, NOTHING_BEFORE, utc, type AnchorRecord, type Head } from './seal-records.js';

/**
 * Anchors the chains that went on since the anchor before, in the caller's transaction, which has the sealers' lock.
 * @param everyMs how old the anchor before must be
 * @returns undefined where there is nothing new, or it is too early
 */
export async function anchorHeads(query: RunQuery, key: AuditKey, everyMs: number): Promise<AnchorRecord | undefined> {
  const [last] = await query<AnchorRecord & { isDue: boolean }>(
    `SELECT ${ANCHOR_COLUMNS}, anchored_at <= clock_timestamp() - $1 * interval '1 ms' AS "isDue"
     FROM audit.anchor ORDER BY audit.anchor.number DESC LIMIT 1`,
    [everyMs],
  );
  if (last?.isDue === false) return undefined;
  const [present] = await query<{ heads: Head[] | null; lastEvent: string; now: string }>(HEADS, [
    last?.lastEvent ?? '0',
  ]);
  const { heads, lastEvent, now } = present!;
  if (heads === null) return undefined;
  const anchor = {
    ...{ number: String(BigInt(last?.number ?? 0) + 1n), lastEvent, heads: JSON.stringify(heads), anchoredAt: now },
    ...{ format: FORMAT, keyId: key.id, previous: last?.digest ?? NOTHING_BEFORE },
  };
  const record = { ...anchor, digest: anchorDigest(key, anchor) };
  await addAnchor(query, record);
  return record;
}

const HEADS = `
  SELECT json_agg(json_build_array(chain, number::text, encode(digest, 'hex')) ORDER BY chain) AS heads,
    max(last_event)::text AS "lastEvent", ${utc('clock_timestamp()')} AS now
  FROM (SELECT DISTINCT ON (chain) chain, number, digest, last_event FROM audit.seal WHERE last_event > $1
        ORDER BY chain, number DESC) heads`;

async function addAnchor(query: RunQuery, anchor: AnchorRecord): Promise<void> {
  const { number, lastEvent, heads, anchoredAt, format, keyId, previous, digest } = anchor;
  await query('SELECT audit.add_anchor(ROW($1, $2, $3, $4, $5, $6, $7, $8)::audit.anchor)', [
    ...[number, lastEvent, heads, anchoredAt, format, keyId, previous, digest],
  ]);
}
