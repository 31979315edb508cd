import type { AuditKeys } from '../audit-keys.js';
import type { RunQuery } from '../run-query.js';
import { FORMAT } from '../seal/keyed-digest.js';
import { ANCHOR_COLUMNS, anchorDigest, NOTHING_BEFORE, type AnchorRecord, type Head } from '../seal/seal-records.js';
import type { KeptAnchors } from './kept-anchors.js';
import type { TrailFault } from './trail-fault.js';

const ANCHORS_A_PAGE = 500;

/**
 * Walks all anchors: each follows from the one before it, and every seal that it names is there as it was.
 * @returns how many anchors there are
 */
export async function checkAnchors(
  query: RunQuery,
  keys: AuditKeys,
  kept: KeptAnchors,
  report: (fault: TrailFault) => void,
): Promise<number> {
  const unseen = new Map(kept);
  let previous: Buffer = NOTHING_BEFORE;
  let last = 0n;
  for (;;) {
    const page = await query<AnchorRecord>(
      `SELECT ${ANCHOR_COLUMNS} FROM audit.anchor WHERE audit.anchor.number > $1 ORDER BY audit.anchor.number LIMIT ${ANCHORS_A_PAGE}`,
      [String(last)],
    );
    if (page.length === 0) break;
    for (const anchor of page) {
      faultsOf(keys, anchor, { previous, number: last + 1n }, unseen.get(anchor.number)).forEach(report);
      unseen.delete(anchor.number);
      [previous, last] = [anchor.digest, BigInt(anchor.number)];
    }
    (await missingHeads(query, page)).forEach(report);
  }
  for (const number of unseen.keys())
    report({
      ...{ subject: 'anchor', id: number, kind: 'missing' },
      detail: 'it was kept elsewhere: the trail was cut off',
    });
  return Number(last);
}

function faultsOf(
  keys: AuditKeys,
  anchor: AnchorRecord,
  expected: { previous: Buffer; number: bigint },
  kept: ReadonlySet<string> | undefined,
): TrailFault[] {
  const faults: TrailFault[] = [];
  const fault = (kind: TrailFault['kind'], detail: string) =>
    faults.push({ subject: 'anchor', id: anchor.number, kind, detail });
  const key = keys.find(anchor.keyId);
  if (!key) fault('forged', `made with the unknown secret ${anchor.keyId}`);
  else if (anchor.format !== FORMAT || !anchorDigest(key, anchor).equals(anchor.digest))
    fault('forged', 'its digest does not fit');
  if (BigInt(anchor.number) !== expected.number || !anchor.previous.equals(expected.previous))
    fault('out of order', 'the anchor before it is missing or another one');
  if (kept && (kept.size > 1 || !kept.has(anchor.digest.toString('hex'))))
    fault('changed', 'another one was kept elsewhere: the trail was put back or made anew');
  return faults;
}

/** Seals that are named by anchors and are not there, or are others. */
async function missingHeads(query: RunQuery, anchors: readonly AnchorRecord[]): Promise<TrailFault[]> {
  const heads = anchors.flatMap((anchor) =>
    (JSON.parse(anchor.heads) as Head[]).map((head) => [...head, anchor.number]),
  );
  const rows = await query<{ chain: string; number: string; anchor: string; isThere: boolean }>(
    `SELECT h.chain, h.number::text AS number, h.anchor, s.chain IS NOT NULL AS "isThere"
     FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) h(chain, number, digest, anchor)
     LEFT JOIN audit.seal s ON s.chain = h.chain AND s.number = h.number WHERE encode(s.digest, 'hex') IS DISTINCT FROM h.digest`,
    [0, 1, 2, 3].map((nth) => heads.map((head) => head[nth])),
  );
  return rows.map(({ chain, number, anchor, isThere }) => ({
    ...{ subject: 'seal', id: `${chain} ${number}`, kind: isThere ? 'changed' : 'missing' },
    detail: `anchor ${anchor} names it`,
  }));
}
