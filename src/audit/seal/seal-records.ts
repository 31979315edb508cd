import type { AuditKey } from '../audit-keys.js';
import { keyedDigest } from './keyed-digest.js';

/** What comes before the first of a chain. */
export const NOTHING_BEFORE = Buffer.alloc(32);

/** Points in time as text of a form that settings don't change. */
export const utc = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** A seal as it is stored; bigints as text, as both drivers give them. */
export interface SealRecord {
  /** The events after this one, up to `lastEvent`. */
  afterEvent: string;
  lastEvent: string;
  /** Whose chain it belongs to, and its place in it: 1, 2, 3 … */
  chain: string;
  number: string;
  events: number;
  holds: number;
  entries: number;
  sealedAt: string;
  format: number;
  keyId: string;
  /** Digest of the leaves. */
  leaves: Buffer;
  previous: Buffer;
  digest: Buffer;
}

export const SEAL_COLUMNS = `after_event::text AS "afterEvent", last_event::text AS "lastEvent", chain, number::text AS number, events, holds, entries,
  ${utc('sealed_at')} AS "sealedAt", format, key_id AS "keyId", leaves, previous, digest`;

export function sealDigest(key: AuditKey, seal: Omit<SealRecord, 'digest'>): Buffer {
  const { afterEvent, lastEvent, chain, number, events, holds, entries, sealedAt, leaves, previous } = seal;
  const counts = [events, holds, entries].map(String);
  const fields = [afterEvent, lastEvent, chain, number, ...counts, sealedAt, leaves.toString('hex')];
  return keyedDigest(key, 'seal', [...fields, previous.toString('hex')]);
}

/** The newest seal of a chain. */
export type Head = [chain: string, number: string, digest: string];

/** All chains' heads that are newer than at the anchor before. */
export interface AnchorRecord {
  number: string;
  /** Every event up to this one is sealed. */
  lastEvent: string;
  /** JSON of Head[]. */
  heads: string;
  anchoredAt: string;
  format: number;
  keyId: string;
  previous: Buffer;
  digest: Buffer;
}

export const ANCHOR_COLUMNS = `number::text AS number, last_event::text AS "lastEvent", heads, ${utc('anchored_at')} AS "anchoredAt",
  format, key_id AS "keyId", previous, digest`;

export function anchorDigest(key: AuditKey, anchor: Omit<AnchorRecord, 'digest'>): Buffer {
  const { number, lastEvent, heads, anchoredAt, previous } = anchor;
  return keyedDigest(key, 'anchor', [number, lastEvent, heads, anchoredAt, previous.toString('hex')]);
}

/** Events that are kept no longer: those after the pruning before, up to `lastEvent`. */
export interface PruningRecord {
  number: string;
  lastEvent: string;
  events: string;
  holds: string;
  entries: string;
  prunedAt: string;
  format: number;
  keyId: string;
  previous: Buffer;
  digest: Buffer;
}

export const PRUNING_COLUMNS = `number::text AS number, last_event::text AS "lastEvent", events::text AS events, holds::text AS holds,
  entries::text AS entries, ${utc('pruned_at')} AS "prunedAt", format, key_id AS "keyId", previous, digest`;

export function pruningDigest(key: AuditKey, pruning: Omit<PruningRecord, 'digest'>): Buffer {
  const { number, lastEvent, events, holds, entries, prunedAt, previous } = pruning;
  return keyedDigest(key, 'pruning', [number, lastEvent, events, holds, entries, prunedAt, previous.toString('hex')]);
}
