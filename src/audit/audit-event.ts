import { randomUUID } from 'node:crypto';
import type { Act, AuditAction } from './audit-actions.js';

/** A fact of an event. Never the text of a prompt or an answer, never a token or a key. */
export type AuditFact = string | number | bigint | boolean | null;

/** Who did it: a token's subject, an account of the machine that a command was called by, or the gateway itself. */
export type Actor = `user:${string}` | `operator:${string}` | `house:${string}`;

export interface AuditEvent {
  actor: Actor;
  action: AuditAction;
  /** A request id, or whom it was done to. */
  subject?: string;
  details?: Record<string, AuditFact>;
  /** A UUID: however often an event of this key is written, by whichever process, it is one. Absent: an event of its own. */
  key?: string;
}

/** That somebody does something. */
export interface ActEvent extends AuditEvent {
  action: Act;
}

/** An event as it is stored. */
export interface AuditRow {
  at: Date;
  actor: string;
  action: string;
  subject: string;
  /** A repeated write of the same key is one event. */
  key: string;
  /** JSON text. */
  details: string;
}

const MOST_FACTS = 32;
const LONGEST_FACT_BYTES = 200;
const LONGEST_ACTION_BYTES = 64;
const LONGEST_NAME_BYTES = 160;
const CONTROL_CHARACTERS = /\p{Cc}/gu;

/** The row of an event that happens now, cut to what the table takes: whatever a client sent, the row can be stored. */
export function auditRow({ actor, action, subject = '', details = {}, key = randomUUID() }: AuditEvent): AuditRow {
  const facts = Object.entries(details).slice(0, MOST_FACTS);
  return {
    at: new Date(),
    actor: clip(actor, LONGEST_NAME_BYTES),
    action: clip(action, LONGEST_ACTION_BYTES),
    subject: clip(subject, LONGEST_NAME_BYTES),
    key,
    details: JSON.stringify(Object.fromEntries(facts.map(([name, fact]) => [clip(name, 64), plain(fact)]))),
  };
}

function plain(fact: AuditFact): string | number | boolean | null {
  if (typeof fact === 'bigint') return Number(fact);
  return typeof fact === 'string' ? clip(fact, LONGEST_FACT_BYTES) : fact;
}

/** At most so many bytes of UTF-8, whole characters; control characters and lone surrogates become U+FFFD (jsonb refuses them). */
function clip(text: string, bytes: number): string {
  const encoded = Buffer.from(text.slice(0, bytes + 1).replace(CONTROL_CHARACTERS, '\ufffd'));
  let end = Math.min(bytes, encoded.length);
  while (end < encoded.length && isContinuation(encoded[end]!)) end--;
  return encoded.subarray(0, end).toString();
}

/** Whether a byte of UTF-8 is not the first of its character. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
