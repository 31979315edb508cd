import type { AuditKey } from '../audit-keys.js';
import { keyedDigest, type Field } from './keyed-digest.js';
import type { Leaf } from './leaves.js';

/** An event, and the rows of the ledger that it tells of, as the database gives them: JSON arrays of texts. */
export interface SealedRow {
  id: string;
  event: string;
  /** Erased where `reason` is null and the digest is not. */
  reason: string | null;
  reasonDigest: string | null;
  hold: string | null;
  entry: string | null;
  entryReason: string | null;
  entryReasonDigest: string | null;
}

/** Points in time as their microseconds, JSON as PostgreSQL prints jsonb: functions of the value, whatever the session's settings. */
const time = (column: string) => `extract(epoch FROM ${column})::text`;

const EVENT = [
  'e.id::text',
  time('e.at'),
  'e.actor',
  'e.action',
  'e.subject',
  'e.key::text',
  `(e.details - 'reason')::text`,
];
/** Columns that a hold was born with and closed with; `stop_why` is the last wish to stop it. A closed one never changes. */
const HOLD = [
  ...['h.account_id', 'h.request_id', 'h.fingerprint', 'h.status', 'h.amount::text', 'h.charged::text'],
  ...['h.shortfall::text', 'h.node_id', time('h.expires_at'), 'h.bucket::text', 'h.final_seq::text'],
  ...['h.terms::text', 'h.outcome::text', time('h.created_at'), time('h.closed_at'), 'h.stop_why'],
];
const ENTRY = [
  ...['n.account_id', 'n.seq::text', 'n.kind', 'n.debit', 'n.credit', 'n.amount::text', 'n.balance_after::text'],
  ...['n.idem_key', `(n.meta - 'reason')::text`, time('n.created_at')],
];

/** The events after $1 up to $2, at most $3 of them, in the order of their ids. */
export const SEALED_ROWS = `
  SELECT e.id::text AS id, json_build_array(${EVENT.join(', ')})::text AS event,
    (e.details->'reason')::text AS reason, encode(e.reason_digest, 'hex') AS "reasonDigest",
    CASE WHEN h.account_id IS NOT NULL THEN json_build_array(${HOLD.join(', ')})::text END AS hold,
    CASE WHEN n.account_id IS NOT NULL THEN json_build_array(${ENTRY.join(', ')})::text END AS entry,
    (n.meta->'reason')::text AS "entryReason", encode(n.reason_digest, 'hex') AS "entryReasonDigest"
  FROM (SELECT * FROM audit.event WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3) e
  LEFT JOIN ledger.hold h ON e.action IN ('ai.settled', 'ai.released') AND h.account_id = e.actor AND h.request_id = e.subject
  LEFT JOIN ledger.entry n ON n.account_id = e.actor AND n.idem_key = CASE e.action
    WHEN 'ai.settled' THEN 'charge:' || e.subject WHEN 'ledger.grant' THEN e.subject WHEN 'ledger.refund' THEN e.subject END
  ORDER BY e.id`;

/** Row by row, by index: for the transaction that reads SEALED_ROWS. A plan made while the tables were small would stay. */
export const READ_BY_INDEX = `SELECT set_config(name, 'off', true)
  FROM unnest(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_material', 'jit']) name`;

/** What stands in a seal for a row. */
export function leafOf(key: AuditKey, row: SealedRow): Leaf {
  return {
    id: BigInt(row.id),
    event: digestOfEvent(key, row),
    hold: row.hold === null ? null : keyedDigest(key, 'hold', fieldsOf(row.hold)),
    entry: row.entry === null ? null : keyedDigest(key, 'entry', [...fieldsOf(row.entry), entryReason(key, row)]),
  };
}

/** @param id where it is to be taken for another event: whether its content was sealed under that id */
export function digestOfEvent(key: AuditKey, row: SealedRow, id = row.id): Buffer {
  const [, ...fields] = fieldsOf(row.event);
  return keyedDigest(key, 'event', [id, ...fields, reasonDigest(key, id, row.reason, row.reasonDigest)]);
}

function entryReason(key: AuditKey, { entry, entryReason: reason, entryReasonDigest: digest }: SealedRow): Field {
  const [account, seq] = fieldsOf(entry!);
  return reasonDigest(key, `${account} ${seq}`, reason, digest);
}

/** With the id of its row in it, equal reasons have different digests. */
export function reasonDigest(key: AuditKey, id: string, reason: string | null, erased: string | null): Field {
  return reason === null ? erased : keyedDigest(key, 'reason', [id, reason]).toString('hex');
}

export function fieldsOf(json: string): Field[] {
  return JSON.parse(json) as Field[];
}
