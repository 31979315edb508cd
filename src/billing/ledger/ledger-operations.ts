import type { MinuteLimits } from '../../common/http/rate-limit-headers.js';

/** What goes into the ledger's functions and comes back; amounts are micro-credits. The rules are in ledger.sql. */

/** An account (`user:<sub>`) and a request of it (`ws:<id>`): the key of a hold, a charge and a stream. */
export interface StreamKey {
  accountId: string;
  requestId: string;
}

/** A key as one text, for maps. */
export function nameOfStream({ accountId, requestId }: StreamKey): string {
  return `${accountId}\n${requestId}`;
}

/** The id that the client gave a request, which the ledger knows behind the prefix of its kind. */
export function clientIdOf({ requestId }: Pick<StreamKey, 'requestId'>): string {
  return requestId.slice(requestId.indexOf(':') + 1);
}

export interface GrantOperation {
  accountId: string;
  /** The same key grants once. */
  idempotencyKey: string;
  amount: bigint;
  /** JSON text, kept with the entry. */
  meta: string;
}

export interface GrantOutcome {
  result: 'granted' | 'duplicate' | 'conflict' | 'invalid';
  balance: bigint | null;
  available: bigint | null;
}

export interface HoldOperation extends StreamKey {
  /** Of the canonical request: the same key with another one is a conflict. */
  fingerprint: string;
  amount: bigint;
  /** Hard deadline of the request, in milliseconds from now, by the database's clock. */
  ttlMs: number;
  /** JSON text: price snapshot, chain, bound, and `reap {prompt, token}` in micro-credits. */
  terms: string;
  /** JSON text: the limits of the user's role (migration 1763800900000); absent: it has none. */
  limits?: string;
  /** `token:` and the token's id, by which it may have been revoked. */
  tokenName?: string;
}

export interface HoldResult {
  result:
    | 'held'
    | 'duplicate'
    | 'conflict'
    | 'insufficient'
    | 'frozen'
    | 'no_account'
    | 'invalid'
    | 'limited' // beyond a limit of the user's
    | 'revoked'; // the user or the token is shut out
  status: 'pending' | 'settled' | 'released' | null;
  available: bigint | null;
  /** The node that owns the hold. */
  owner: string | null;
  /** Of `limited`: the limit. Of `held`: what is left of the minute, where that is limited. */
  quota: ExceededLimit | MinuteLimits | null;
}

/** A limit that a request would exceed. Amounts are micro-credits. */
export interface ExceededLimit {
  limit: string;
  allowed: number;
  used: number;
  /** Credits that are held for what runs. */
  held?: number;
  /** What the request asks for. */
  asked?: number;
  /** Absent: it asks for more than the whole limit, which no wait changes. */
  retryAfterMs?: number;
}

export interface TakeOverOperation extends StreamKey {
  fingerprint: string;
  ttlMs: number;
}

export interface TakeOverResult {
  result: 'taken' | 'alive' | 'logged' | 'closed' | 'frozen' | 'expired' | 'conflict' | 'unknown';
  /** What is held, and what was agreed when it was. */
  amount: bigint | null;
  terms: Record<string, unknown> | null;
}

export interface GrowOperation extends StreamKey {
  /** The whole amount, not what is added. */
  total: bigint;
}

export interface GrowResult {
  result: 'grown' | 'same' | 'insufficient' | 'frozen' | 'fenced' | 'closed' | 'unknown' | 'invalid';
  available: bigint | null;
}

/** Frames of a stream that are logged together. */
export interface LogRow {
  firstSeq: number;
  lastSeq: number;
  /** Frames as sent, joined by a line feed (which JSON text never holds raw). */
  frames: string;
  /** Output tokens up to and including these frames. */
  outputTokens: number;
}

export type AppendOperation = StreamKey & LogRow;

export interface AppendResult {
  result: 'appended' | 'duplicate' | 'gap' | 'conflict' | 'fenced' | 'busy' | 'unknown' | 'invalid';
  /** The last sequence number that the log has. */
  tail: number;
}

export interface FinishOperation extends StreamKey {
  /** The last frames before the end, logged in the same commit; absent: all of them are in the log. */
  row?: LogRow;
  seq: number;
  /** The terminal frame, with CREDITS_PLACEHOLDER and BALANCE_PLACEHOLDER where the ledger writes what it charged. */
  frame: string;
  outputTokens: number;
  /** What it cost. */
  cost: bigint;
  /** JSON text: usage, provider, attempts: the receipt. */
  outcome: string;
}

export interface FinishResult {
  result: 'settled' | 'released' | 'duplicate' | 'fenced' | 'gap' | 'conflict' | 'logged' | 'unknown' | 'invalid';
  charged: bigint | null;
  shortfall: bigint | null;
  balance: bigint | null;
  available: bigint | null;
  /** The terminal frame as stored; present for settled, released and duplicate. */
  frame: string | null;
  tail: number;
}

/** Why a stream is to stop: its user cancelled it, or an administrator froze the account. */
export type StopReason = 'cancelled' | 'frozen';
export interface StopRequest extends StreamKey {
  why: StopReason;
}

/** Raw control characters, which JSON.stringify never emits: the ledger replaces them inside the transaction. */
export const CREDITS_PLACEHOLDER = '\u0001';
export const BALANCE_PLACEHOLDER = '\u0002';
