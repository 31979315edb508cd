import type { LoggedFrames } from '../billing/ledger/stream-log.js';

/**
 * The frames of logged rows that follow `afterSeq`, and the terminal one in any case: a client may be ahead of a log
 * whose database was killed, and it must hear of the end all the same.
 */
export function unseenFrames(rows: readonly LoggedFrames[], afterSeq: number): string[] {
  return rows.flatMap(({ firstSeq, frames, isTerminal }) => {
    const all = frames.split('\n');
    return isTerminal ? all : all.slice(Math.max(0, afterSeq + 1 - firstSeq));
  });
}
