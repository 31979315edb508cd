/** What a fault is about: a row of the trail or of the ledger, or what holds them together. */
export type FaultSubject = 'event' | 'hold' | 'entry' | 'account' | 'seal' | 'anchor' | 'pruning' | 'ledger';

/**
 * - `changed`, `missing`, `added`: against what was sealed
 * - `moved`: has the content of another row
 * - `forged`: its digest does not fit, or was made with a secret that is not ours
 * - `out of order`: does not follow from the one before it
 * - `contradicts`: an event and the ledger tell different things, or the ledger contradicts itself
 */
export type FaultKind = 'changed' | 'missing' | 'added' | 'moved' | 'forged' | 'out of order' | 'contradicts';

export interface TrailFault {
  subject: FaultSubject;
  /** Which one: an event's id, `user:ann ws:1` for a hold, `user:ann 7` for an entry, `host 12` for a seal. */
  id: string;
  kind: FaultKind;
  detail?: string;
}

export function describeFault({ subject, id, kind, detail }: TrailFault): string {
  return `${subject} ${id}: ${kind}${detail === undefined ? '' : ` (${detail})`}`;
}
