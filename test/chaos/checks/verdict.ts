import type { History } from '../history.js';
import type { Violation } from '../violation.js';
import { checkAccounts } from './account-rules.js';
import { checkConflicts, checkEnd, checkEndCode, checkReaped, checkRefusals } from './end-rules.js';
import type { Evidence, RequestRule } from './evidence.js';
import { checkGenerations } from './generation-rules.js';
import { lostOwners, mayHaveBeenReaped } from './lost-owners.js';
import { checkCharge, checkUsage } from './money-rules.js';
import type { Stored } from './stored.js';
import { checkAgreement, checkOrder, checkText } from './transcript-rules.js';

/** How long a frame may be on its way to its client. */
const PLAYS_ON_MS = 10_000;

/** The rules about single requests, by the name under which a breach is reported. */
const RULES: Readonly<Record<string, RequestRule>> = {
  order: checkOrder,
  agreement: checkAgreement,
  text: checkText,
  end: checkEnd,
  'end-code': checkEndCode,
  reaped: checkReaped,
  refusal: checkRefusals,
  conflict: checkConflicts,
  charge: checkCharge,
  usage: checkUsage,
  generations: checkGenerations,
};
/** Judges a whole run. Pure. */
export function judge(history: History, stored: Stored): Violation[] {
  const violations = checkAccounts(stored, history.grants);
  for (const record of history.requests.values()) {
    const evidence = gather(history, stored, record.plan.id);
    for (const [rule, check] of Object.entries(RULES))
      for (const detail of check(evidence)) violations.push({ rule, id: record.plan.id, detail });
  }
  for (const id of stored.requests.keys())
    if (!history.requests.has(id)) violations.push({ rule: 'foreign', id, detail: 'nobody asked for this request' });
  return violations;
}

function gather(history: History, stored: Stored, id: string): Evidence {
  const record = history.requests.get(id)!;
  const kept = stored.requests.get(id);
  const { askedAtMs } = record.showings[0] ?? { askedAtMs: record.plan.atMs };
  const endedAtMs = askedAtMs + (kept?.lifeMs ?? Infinity) + PLAYS_ON_MS;
  const mayBeAhead = history.lostLogBetween(askedAtMs, endedAtMs);
  return {
    record,
    stored: kept,
    generations: stored.generations.get(record.plan.model) ?? { requests: 0, entries: [] },
    mayBeAhead,
    lostOwners: lostOwners(history, record, mayBeAhead),
    mayBeReaped: mayHaveBeenReaped(history, record, endedAtMs),
  };
}
