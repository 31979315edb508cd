import { fieldsOf, type SealedRow } from '../seal/sealed-row.js';

/** What an event says, and what the ledger says of the same. */
export interface RowFacts {
  id: string;
  actor: string;
  action: string;
  subject: string;
  details: Record<string, unknown>;
  hold: { status: string; charged: string | null; shortfall: string } | undefined;
  entry: { seq: string; kind: string; debit: string; amount: string; balanceAfter: string } | undefined;
}

/** By the order of the columns in sealed-row.ts. */
export function factsOf(row: SealedRow): RowFacts {
  const [id, , actor, action, subject, , details] = fieldsOf(row.event) as string[];
  return {
    ...{ id: id!, actor: actor!, action: action!, subject: subject! },
    details: JSON.parse(details!) as Record<string, unknown>,
    hold: row.hold === null ? undefined : holdFacts(row.hold),
    entry: row.entry === null ? undefined : entryFacts(row.entry),
  };
}

export function holdName(row: SealedRow): string {
  const { actor, subject } = factsOf(row);
  return `${actor} ${subject}`;
}

/** By its account and seq; one that is gone by its account and key. */
export function entryName(row: SealedRow): string {
  const { actor, action, subject, entry } = factsOf(row);
  return `${actor} ${entry?.seq ?? (action.startsWith('ai.') ? `charge:${subject}` : subject)}`;
}

function holdFacts(json: string): NonNullable<RowFacts['hold']> {
  const [, , , status, , charged, shortfall] = fieldsOf(json);
  return { status: status!, charged: charged!, shortfall: shortfall! };
}

function entryFacts(json: string): NonNullable<RowFacts['entry']> {
  const [, seq, kind, debit, , amount, balanceAfter] = fieldsOf(json) as string[];
  return { seq: seq!, kind: kind!, debit: debit!, amount: amount!, balanceAfter: balanceAfter! };
}
