import { randomUUID } from 'node:crypto';

/** A fact of an event. Never the text of a prompt or an answer, never a token or a key. */
export type AuditFact = string | number | bigint | boolean | null;

export interface AuditEvent {
  /** Who did it: the token's subject. */
  userId: string;
  /** `ai.refused` for a request that was told no; `admin.grant` and the like for administrative acts. */
  action: 'ai.refused' | `admin.${string}`;
  /** A request id, or whom it was done to. */
  subject?: string;
  details?: Record<string, AuditFact>;
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
export function auditRow({ userId, action, subject = '', details = {} }: AuditEvent): AuditRow {
  const facts = Object.entries(details).slice(0, MOST_FACTS);
  return {
    at: new Date(),
    actor: clip(`user:${userId}`, LONGEST_NAME_BYTES),
    action: clip(action, LONGEST_ACTION_BYTES),
    subject: clip(subject, LONGEST_NAME_BYTES),
    key: randomUUID(),
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
