import { isTerminal, parseFrame } from '../frames.js';
import { DETACHED_MAX_MS } from '../stage/stage.js';
import type { Evidence } from './evidence.js';

/** Ends that are honest whatever happens; others need a reason, or never happen. */
const HONEST_ENDS = new Set([
  'UPSTREAM_LOST',
  'ALL_PROVIDERS_FAILED',
  'UNAVAILABLE',
  'RATE_LIMIT_EXCEEDED',
  'CANCELLED',
]);
const PASSING_REFUSALS = new Set(['UNAVAILABLE', 'LIMIT_EXCEEDED', 'RATE_LIMIT_EXCEEDED', 'QUEUE_OVERFLOW']);

/** Nothing is pending in the end, a closed hold has its terminal frame last and only there, and nobody waits for ever. */
export function checkEnd({ record, stored }: Evidence): string[] {
  const faults: string[] = [];
  if (record.fate === 'stuck') faults.push('its client never got an end');
  if (!stored) return faults;
  if (stored.status === 'pending') faults.push(`its hold is still pending (node ${stored.nodeId})`);
  const terminals = stored.frames.map(parseFrame).map(isTerminal);
  const count = terminals.filter(Boolean).length;
  if (stored.status !== 'pending' && (count !== 1 || !terminals.at(-1)))
    faults.push(`${count} terminal frames are stored, the last frame ${terminals.at(-1) ? 'is' : 'is not'} one`);
  return faults;
}

/** A stream's error says what happened: a cancelled one was cancelled, and no fault of ours ends one. */
export function checkEndCode({ record, stored }: Evidence): string[] {
  const last = stored?.frames.at(-1);
  const end = last === undefined ? undefined : parseFrame(last);
  const code = end?.type === 'error' ? end.error!.code : undefined;
  if (code === undefined) return [];
  if (!HONEST_ENDS.has(code)) return [`it ended in ${code}: ${end!.error!.message}`];
  const wasUnwatched = (stored?.lifeMs ?? 0) >= DETACHED_MAX_MS;
  if (code === 'CANCELLED' && record.cancelledAtMs === undefined && !wasUnwatched)
    return ['it was cancelled, though nobody had cancelled it'];
  return [];
}

/** Only what a lost node left behind is ended by another one. */
export function checkReaped({ stored, mayBeReaped }: Evidence): string[] {
  const belongsToTheQueue = stored?.nodeId === 'queue'; // whose lease has no end
  if (stored?.outcome?.usageSource !== 'reaper' || (mayBeReaped && !belongsToTheQueue)) return [];
  return [`it was ended by another node, though nothing had befallen its owner (${stored.nodeId})`];
}

/** What a client may be told instead of a stream: that it is the wrong moment, or that the credits don't cover it. */
export function checkRefusals({ record, stored }: Evidence): string[] {
  return record.showings.flatMap(({ role, node, refusal, askedAtMs }) => {
    if (!refusal || PASSING_REFUSALS.has(refusal.code)) return [];
    const isFirst = !record.showings.some(({ frames }) => (frames[0]?.atMs ?? Infinity) < askedAtMs);
    if (refusal.code === 'INSUFFICIENT_CREDITS' && isFirst) return [];
    if (refusal.code === 'NOT_FOUND' && role === 'cancel' && isFirst) return [];
    if (refusal.code === 'NOT_FOUND' && role === 'final' && !stored) return [];
    return [`${role} on ${node} was refused with ${refusal.code}: ${refusal.message}`];
  });
}

/** The id of a known request, used for another one, is a conflict and nothing else. */
export function checkConflicts({ record }: Evidence): string[] {
  return record.conflictAnswers.flatMap((answer) => {
    if (answer === 'closed' || answer === 'silent') return [];
    const frame = parseFrame(answer);
    if (frame.type === 'error' && frame.seq === undefined) {
      const { code } = frame.error!;
      if (code === 'CONFLICT' || PASSING_REFUSALS.has(code)) return [];
    }
    return [`another request under its id was answered with ${answer}`];
  });
}
