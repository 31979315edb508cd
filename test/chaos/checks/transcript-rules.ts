import { isTerminal, parseFrame, type Frame } from '../frames.js';
import type { Showing } from '../history.js';
import type { Evidence } from './evidence.js';

/** Frames of a showing come in the order of `seq`, without gap or duplicate, and nothing follows the end. */
export function checkOrder({ record, mayBeAhead }: Evidence): string[] {
  return record.showings.flatMap((showing) => checkShowing(showing, mayBeAhead));
}

function checkShowing({ frames, afterSeq, role, node }: Showing, mayBeAhead: boolean): string[] {
  const faults: string[] = [];
  let last = afterSeq;
  frames.forEach(({ raw }, index) => {
    const frame = parseFrame(raw);
    if (isTerminal(frame) && index < frames.length - 1) faults.push(`${role} on ${node}: frames follow ${raw}`);
    if (frame.seq === undefined) return;
    const isEndOfShorterLog = isTerminal(frame) && frame.seq <= last && (mayBeAhead || role === 'cancel');
    if (frame.seq !== last + 1 && !isEndOfShorterLog)
      faults.push(`${role} on ${node}: seq ${frame.seq} follows ${last}`);
    last = frame.seq;
  });
  return faults;
}

/** What was seen is what is stored, byte for byte; a client may only be ahead of a log whose database was killed. */
export function checkAgreement({ record, stored, mayBeAhead }: Evidence): string[] {
  const faults: string[] = [];
  const bySeq = new Map<number, string>((stored?.frames ?? []).map((raw) => [parseFrame(raw).seq ?? 0, raw]));
  const end = stored?.frames.at(-1);
  for (const { frames, role, node } of record.showings)
    for (const { raw } of frames) {
      const frame = parseFrame(raw);
      const kept = bySeq.get(frame.seq ?? 0);
      if (kept === raw) continue;
      const isPastShortenedLog =
        mayBeAhead && frame.type === 'chunk' && end !== undefined && isHonestEndBefore(parseFrame(end), frame);
      if (!isPastShortenedLog) faults.push(`${role} on ${node} saw ${raw}, stored is ${kept ?? 'nothing'}`);
    }
  return faults;
}

/** The log was cut, and the answer ended in an error there. */
function isHonestEndBefore(end: Frame, frame: Frame): boolean {
  return end.type === 'error' && (end.seq ?? 0) <= (frame.seq ?? 0);
}

/** What is stored, and what any client rendered, is a prefix of what the provider was to write; on `done` all of it. */
export function checkText({ record, stored, ...rest }: Evidence): string[] {
  const { plan } = record;
  if (plan.kind === 'embedding') return [];
  const faults: string[] = [];
  if (stored) faults.push(...checkStoredText(plan.text, stored.frames, { record, stored, ...rest }));
  const rendered = renderedText(record.showings);
  if (rendered !== undefined && !plan.text.startsWith(rendered))
    faults.push(`a client rendered what was never written: …${JSON.stringify(rendered.slice(-60))}`);
  return faults;
}

function checkStoredText(planned: string, frames: readonly string[], { record, stored }: Evidence): string[] {
  const parsed = frames.map(parseFrame);
  const end = parsed.at(-1);
  const text = parsed.map(({ data = '' }) => data).join('');
  if (!planned.startsWith(text)) return [`stored is what was never written: …${JSON.stringify(text.slice(-60))}`];
  if (end?.type !== 'done' && end?.type !== 'completion') return [];
  if (text === planned) return [];
  const reason = end.metadata?.finishReason ?? '';
  if (reason === 'credits_exhausted') return [];
  const { maxTokens, fault } = record.plan;
  const limit = Math.min(maxTokens ?? Infinity, stored?.terms.outputLimit ?? Infinity);
  if (reason === 'length' && limit < Infinity) return [];
  if (reason === 'unknown' && fault === 'end') return [];
  return [`'${reason}' is no reason for ${text.length} of ${planned.length} characters`];
}

/** The chunks of all showings, put together by seq, as far as they go without a gap. */
function renderedText(showings: readonly Showing[]): string | undefined {
  const bySeq = new Map<number, string>();
  for (const { frames } of showings)
    for (const { raw } of frames) {
      const { type, seq, data } = parseFrame(raw);
      if (type === 'chunk' && seq !== undefined) bySeq.set(seq, data ?? '');
    }
  let text = '';
  for (let seq = 1; bySeq.has(seq); seq++) text += bySeq.get(seq)!;
  return bySeq.size === 0 ? undefined : text;
}
