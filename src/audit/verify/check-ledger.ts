import type { RunQuery } from '../run-query.js';
import type { Pruned } from './check-prunings.js';
import type { TrailFault } from './trail-fault.js';

const MOST_TOLD = 1_000;

/** The ledger as a whole: nothing in it that no event tells of, nothing told twice, and it adds up. */
export async function checkLedger(query: RunQuery, pruned: Pruned, report: (fault: TrailFault) => void): Promise<void> {
  await checkUntold(query, { subject: 'hold', rows: UNTOLD_HOLDS, expected: pruned.holds }, pruned, report);
  await checkUntold(query, { subject: 'entry', rows: UNTOLD_ENTRIES, expected: pruned.entries }, pruned, report);
  const twice = await query<{ id: string; first: string }>(TOLD_TWICE);
  twice.forEach(({ id, first }) =>
    report({ subject: 'event', id, kind: 'added', detail: `event ${first} tells of the same` }),
  );
  const contradictions = await query<{ what: string; account: string | null; request: string | null }>(LEDGER_AUDIT);
  contradictions.forEach(({ what, account, request }) =>
    report({
      ...{ subject: 'ledger', id: [account, request].filter(Boolean).join(' ') || 'as a whole', kind: 'contradicts' },
      detail: `ledger.audit: ${what}`,
    }),
  );
}

interface Untold {
  subject: 'hold' | 'entry';
  /** Rows without an event, with when they came to be: `name`, `since`. */
  rows: string;
  /** So many of them had one that was pruned. */
  expected: bigint;
}

async function checkUntold(
  query: RunQuery,
  { subject, rows, expected }: Untold,
  { upTo }: Pruned,
  report: (fault: TrailFault) => void,
): Promise<void> {
  const values = [String(upTo)];
  const recent = await query<{ name: string }>(
    `SELECT name FROM (${rows}) r WHERE since > ${PRUNED_AT} LIMIT ${MOST_TOLD}`,
    values,
  );
  recent.forEach(({ name }) => report({ subject, id: name, kind: 'added', detail: 'no event tells of it' }));
  if (upTo === 0n) return;
  const [old] = await query<{ count: string }>(
    `SELECT count(*)::text AS count FROM (${rows}) r WHERE since <= ${PRUNED_AT}`,
    values,
  );
  if (BigInt(old!.count) === expected) return;
  const kind = BigInt(old!.count) > expected ? 'added' : 'missing';
  const detail = `there are ${old!.count} of the time whose events were pruned, and were ${expected}`;
  report({ subject, id: `before event ${upTo}`, kind, detail });
}

/** What had its event pruned is older than the seal of that event. */
const PRUNED_AT = `coalesce((SELECT s.sealed_at FROM audit.seal s WHERE s.last_event = $1), '-infinity')`;

const UNTOLD_HOLDS = `
  SELECT h.account_id || ' ' || h.request_id AS name, h.closed_at AS since FROM ledger.hold h
  WHERE h.status <> 'pending' AND NOT EXISTS (SELECT FROM audit.event e
    WHERE e.actor = h.account_id AND e.subject = h.request_id AND e.action IN ('ai.settled', 'ai.released'))`;

const UNTOLD_ENTRIES = `
  SELECT n.account_id || ' ' || n.seq AS name, n.created_at AS since FROM ledger.entry n
  WHERE n.kind = 'charge' AND NOT EXISTS (SELECT FROM audit.event e
    WHERE e.actor = n.account_id AND e.subject = substr(n.idem_key, 8) AND e.action = 'ai.settled')
  UNION ALL
  SELECT n.account_id || ' ' || n.seq, n.created_at FROM ledger.entry n
  WHERE n.kind <> 'charge' AND NOT EXISTS (SELECT FROM audit.event e
    WHERE e.actor = n.account_id AND e.subject = n.idem_key AND e.action = 'ledger.' || n.kind)`;

const TOLD_TWICE = `
  SELECT max(id)::text AS id, min(id)::text AS first FROM audit.event
  WHERE action IN ('ai.settled', 'ai.released', 'ledger.grant', 'ledger.refund')
  GROUP BY actor, subject, action LIKE 'ai.%' HAVING count(*) > 1 LIMIT ${MOST_TOLD}`;

/** The log is kept for hours, and may be left out of a backup: it is no part of this. */
const LEDGER_AUDIT = `
  SELECT what, account_id AS account, request_id AS request FROM ledger.audit WHERE what <> 'log' LIMIT ${MOST_TOLD}`;
