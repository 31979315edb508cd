import type { BillEntry } from '../../../src/simulator/bill.js';
import type { Observer } from './observer.js';

/** A hold and its log as the database has them in the end. */
export interface StoredRequest {
  id: string;
  accountId: string;
  status: 'pending' | 'settled' | 'released';
  charged: bigint | null;
  shortfall: bigint;
  amount: bigint;
  nodeId: string;
  finalSeq: number | null;
  /** From its making to its end, in milliseconds. */
  lifeMs: number | null;
  terms: { outputLimit: number; promptTokens: number };
  outcome: { usageSource?: string; finishReason?: string; attempts?: unknown } | null;
  /** By seq, from 1; the terminal one is the last. */
  frames: string[];
}

export interface StoredAccount {
  id: string;
  posted: bigint;
  held: bigint;
  granted: bigint;
  charged: bigint;
  charges: number;
}

/** What the provider's own book has for one model, which is one request. */
export interface Generations {
  requests: number;
  entries: BillEntry[];
}

/** Everything that is kept, read when nothing moves any more. */
export interface Stored {
  requests: Map<string, StoredRequest>;
  accounts: StoredAccount[];
  generations: Map<string, Generations>;
}

const HOLDS = `
  SELECT split_part(request_id, ':', 2) AS id, account_id, status, charged::text, shortfall::text, amount::text, node_id, final_seq,
         extract(epoch FROM closed_at - created_at) * 1000 AS life_ms, terms, outcome
  FROM ledger.hold WHERE request_id LIKE 'ws:%'`;
const FRAMES = `
  SELECT split_part(request_id, ':', 2) AS id, frames FROM ledger.stream_chunk ORDER BY account_id, request_id, seq_first`;
const ACCOUNTS = `
  SELECT a.id, a.posted::text, a.held::text, coalesce(sum(e.amount) FILTER (WHERE e.kind = 'grant'), 0)::text AS granted,
         coalesce(sum(e.amount) FILTER (WHERE e.kind = 'charge'), 0)::text AS charged,
         count(*) FILTER (WHERE e.kind = 'charge')::int AS charges
  FROM ledger.account a LEFT JOIN ledger.entry e ON e.account_id = a.id WHERE a.id LIKE 'user:%' GROUP BY a.id ORDER BY a.id`;

interface HoldRow {
  id: string;
  account_id: string;
  status: StoredRequest['status'];
  charged: string | null;
  shortfall: string;
  amount: string;
  node_id: string;
  final_seq: number | null;
  life_ms: string | null;
  terms: StoredRequest['terms'];
  outcome: StoredRequest['outcome'];
}

export async function readRequests(observer: Observer): Promise<Map<string, StoredRequest>> {
  const holds = await observer.insist<HoldRow>(HOLDS);
  const requests = new Map(holds.map((row) => [row.id, fromRow(row)]));
  for (const { id, frames } of await observer.insist<{ id: string; frames: string }>(FRAMES))
    requests.get(id)?.frames.push(...frames.split('\n'));
  return requests;
}

export async function readAccounts(observer: Observer): Promise<StoredAccount[]> {
  const rows = await observer.insist<Record<'id' | 'posted' | 'held' | 'granted' | 'charged', string>>(ACCOUNTS);
  return rows.map(({ id, posted, held, granted, charged, ...rest }) => ({
    id,
    posted: BigInt(posted),
    held: BigInt(held),
    granted: BigInt(granted),
    charged: BigInt(charged),
    charges: (rest as { charges: number }).charges,
  }));
}

function fromRow(row: HoldRow): StoredRequest {
  return {
    id: row.id,
    accountId: row.account_id,
    status: row.status,
    charged: row.charged === null ? null : BigInt(row.charged),
    shortfall: BigInt(row.shortfall),
    amount: BigInt(row.amount),
    nodeId: row.node_id,
    finalSeq: row.final_seq,
    lifeMs: row.life_ms === null ? null : Number(row.life_ms),
    terms: row.terms,
    outcome: row.outcome,
    frames: [],
  };
}
