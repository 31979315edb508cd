import type { RowFacts } from './row-facts.js';
import type { TrailFault } from './trail-fault.js';

/**
 * Where an event and the ledger tell different things: they were written in one transaction. Finds what was changed before
 * it was sealed, too.
 */
export function contradictions(facts: RowFacts): TrailFault[] {
  if (facts.action.startsWith('ledger.')) return creditFaults(facts);
  return facts.action === 'ai.settled' || facts.action === 'ai.released' ? closedHoldFaults(facts) : [];
}

function closedHoldFaults({ id, actor, action, subject, details, hold, entry }: RowFacts): TrailFault[] {
  const name = `${actor} ${subject}`;
  if (!hold) return [{ subject: 'hold', id: name, kind: 'missing', detail: `event ${id} tells of it` }];
  const faults: TrailFault[] = [];
  const isTold =
    `ai.${hold.status}` === action &&
    String(details['charged']) === hold.charged &&
    String(details['shortfall']) === hold.shortfall;
  if (!isTold) faults.push({ subject: 'hold', id: name, kind: 'contradicts', detail: `event ${id} tells otherwise` });
  const charged = entry?.kind === 'charge' && entry.debit === actor ? entry.amount : '0';
  if (hold.charged !== charged)
    faults.push({ subject: 'entry', id: `${actor} charge:${subject}`, kind: entry ? 'contradicts' : 'missing' });
  return faults;
}

function creditFaults({ id, actor, action, subject, details, entry }: RowFacts): TrailFault[] {
  const name = `${actor} ${subject}`;
  if (!entry) return [{ subject: 'entry', id: name, kind: 'missing', detail: `event ${id} tells of it` }];
  const isTold =
    `ledger.${entry.kind}` === action &&
    String(details['amount']) === entry.amount &&
    String(details['balanceAfter']) === entry.balanceAfter &&
    String(details['seq']) === entry.seq;
  return isTold ? [] : [{ subject: 'entry', id: name, kind: 'contradicts', detail: `event ${id} tells otherwise` }];
}
