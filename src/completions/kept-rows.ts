import type { AppendOperation } from '../billing/ledger/ledger-operations.js';
import type { LogPage } from '../billing/ledger/stream-log.js';
import type { StreamMemory } from './stream-memory.js';

interface KeptRow {
  row: AppendOperation;
  /** performance.now() at its commit. */
  loggedAtMs: number;
}

/** The log's commits are not synchronous: a killed database loses at most its last 0.6 s. Kept longer, to be sure. */
const KEEP_MS = 3_000;
/** Of a stream that writes more than that, only what may really be lost is kept. */
const KEEP_BYTES = 256 * 1024;
const KEEP_AT_LEAST_MS = 1_000;
/** Below that size it is not looked at each time: most rows are one small frame. */
const LOOK_EVERY_ROWS = 64;

/**
 * What a stream logged last. It is logged again where a killed database has lost it, and who is only a little behind
 * reads it from here instead of from the database.
 */
export class KeptRows {
  private kept: KeptRow[] = [];
  private bytes = 0;
  /** Rows added since it was last looked for old ones. */
  private unlooked = 0;

  constructor(private readonly memory: StreamMemory) {}

  add(row: AppendOperation): void {
    this.kept.push({ row, loggedAtMs: performance.now() });
    this.bytes += row.frames.length;
    this.memory.take('kept', row.frames.length);
    if (this.bytes > KEEP_BYTES || ++this.unlooked === LOOK_EVERY_ROWS) this.forgetOld();
  }

  /** The rows that follow a seq; undefined: some of them are gone. */
  after(seq: number): AppendOperation[] | undefined {
    const rows = this.kept.filter(({ row }) => row.lastSeq > seq).map(({ row }) => row);
    return rows[0] && rows[0].firstSeq <= seq + 1 ? rows : undefined;
  }

  /** About as many bytes of what follows a seq; undefined where that is not (or no longer, or not yet) here. */
  page(afterSeq: number, bytes: number): LogPage | undefined {
    const following = this.after(afterSeq);
    if (!following) return undefined;
    let size = 0;
    const rows = following.filter(({ frames }) => size < bytes && (size += frames.length));
    return {
      rows: rows.map(({ firstSeq, lastSeq, frames }) => ({ firstSeq, lastSeq, frames, isTerminal: false })),
      isCut: rows.length < following.length,
      isEnded: false,
    };
  }

  /** Lets go of what the log has safely by now. */
  forgetOld(): void {
    this.unlooked = 0;
    const nowMs = performance.now();
    let count = 0;
    let { bytes } = this;
    for (const { row, loggedAtMs } of this.kept) {
      const ageMs = nowMs - loggedAtMs;
      if (ageMs < KEEP_AT_LEAST_MS || (ageMs < KEEP_MS && bytes <= KEEP_BYTES)) break;
      bytes -= row.frames.length;
      count++;
    }
    this.drop(count, this.bytes - bytes);
  }

  /** The stream has ended: its log is complete and safe. */
  clear(): void {
    this.drop(this.kept.length, this.bytes);
  }

  private drop(count: number, bytes: number): void {
    if (count === 0) return;
    this.kept.splice(0, count);
    this.bytes -= bytes;
    this.memory.free('kept', bytes);
  }
}
