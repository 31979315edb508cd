import type { Ledger } from '../billing/ledger/ledger.js';
import type {
  AppendOperation,
  AppendResult,
  FinishOperation,
  FinishResult,
  LogRow,
  StreamKey,
} from '../billing/ledger/ledger-operations.js';
import type { LogPage } from '../billing/ledger/stream-log.js';
import type { Audience } from './audience.js';
import { DeliveryFigures } from './delivery/delivery-figures.js';
import { KeptRows } from './kept-rows.js';
import type { StreamMemory } from './stream-memory.js';

/** A row of the log is cut here, so that no page of it grows much larger than it should. */
const ROW_BYTES = 64 * 1024;

/** What is stored at an end; the rest of it is the writer's. */
type End = Omit<FinishOperation, keyof StreamKey | 'row' | 'seq' | 'outputTokens'>;

/** Frames that waited, and the row of the log that they are. */
interface Waited {
  frames: string[];
  row: LogRow;
}

/** Another node has finished this stream, or the log can't be continued: whatever comes is not ours to send. */
export class StreamLostError extends Error {}

/**
 * Log, then send: frames go out only after the log has them, one append in flight, everything that came meanwhile in the
 * next one.
 */
export class StreamWriter {
  readonly delivery = new DeliveryFigures();
  private nextSeq = 1;
  private waiting: string[] = [];
  /** Output tokens up to each of them. */
  private waitingTokens: number[] = [];
  private outputTokens = 0;
  /** Of frames that are not logged yet. */
  private unloggedBytes = 0;
  private appending: Promise<void> | undefined;
  private readonly kept: KeptRows;
  private lost: Error | undefined;

  constructor(
    private readonly ledger: Ledger,
    private readonly key: StreamKey,
    private readonly audience: Audience,
    private readonly memory: StreamMemory,
    private readonly onLost: () => void,
  ) {
    this.kept = new KeptRows(memory);
  }

  /** The seq that the next frame has. */
  get seq(): number {
    return this.nextSeq;
  }

  get hasWritten(): boolean {
    return this.nextSeq > 1;
  }

  /** @param outputTokens of the whole stream, this frame included */
  write(frame: string, outputTokens: number): void {
    this.waiting.push(frame);
    this.waitingTokens.push(outputTokens);
    this.outputTokens = outputTokens;
    this.nextSeq++;
    this.unloggedBytes += frame.length;
    this.memory.take('unlogged', frame.length);
  }

  /** Lets what was written go: called once after each batch of frames. */
  flush(): void {
    if (!this.appending && this.waiting.length > 0 && !this.lost) this.appending = this.appendAll();
  }

  /**
   * Resolves when everything that was written is in the log.
   * @throws StreamLostError where it never will be
   */
  async allLogged(): Promise<void> {
    this.flush();
    await this.appending;
    if (this.lost) throw this.lost;
  }

  /** What follows a seq, if it was logged just now. */
  recent(afterSeq: number, bytes: number): LogPage | undefined {
    return this.kept.page(afterSeq, bytes);
  }

  /** Memory is short: lets go of what it can spare. */
  economize(): void {
    this.kept.forgetOld();
  }

  /** Lets go of all that it holds in memory: the stream is over, or no longer ours. */
  close(): void {
    this.kept.clear();
    this.waiting = [];
    this.waitingTokens = [];
    this.logged(this.unloggedBytes);
  }

  /**
   * The end: terminal frame, charge and the last frames before it in one commit (frames that are being logged already, or
   * are too many for one row, in commits before it), then they go out.
   * @throws StreamLostError where another node was faster
   */
  async finish(operation: End): Promise<FinishResult> {
    if (this.appending || this.unloggedBytes > ROW_BYTES) await this.allLogged();
    const last = this.waiting.length === 0 ? undefined : this.takeRow();
    const result = await this.finishWith(operation, last?.row);
    if (last) this.show(last);
    this.audience.deliver(this.nextSeq, [result.frame]);
    return result;
  }

  private async finishWith(operation: End, last: LogRow | undefined): Promise<FinishResult & { frame: string }> {
    for (let row = last; ; row = undefined) {
      if (this.lost) throw this.lost;
      const terminal = { ...this.key, ...operation, seq: this.nextSeq, outputTokens: this.outputTokens };
      const result = await this.ledger.finish(row ? { ...terminal, row } : terminal);
      const { frame, tail } = result;
      if (result.result === 'gap') await (row ? this.append(row) : this.repair(tail));
      else if (frame === null) throw new StreamLostError(`finish: ${result.result}`);
      else if (result.result === 'duplicate' && tail !== this.nextSeq)
        throw new StreamLostError('finished by another node');
      else return { ...result, frame };
    }
  }

  private async appendAll(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const waited = this.takeRow();
        await this.append(waited.row);
        this.show(waited);
      }
    } catch (error) {
      this.lost = error instanceof Error ? error : new StreamLostError(String(error));
      this.onLost();
    } finally {
      this.appending = undefined;
    }
  }

  /** The next row: all that wait, unless they are very many. */
  private takeRow(): Waited {
    const firstSeq = this.nextSeq - this.waiting.length;
    let count = this.waiting.length;
    if (this.unloggedBytes > ROW_BYTES) {
      count = 0;
      for (let bytes = 0; count < this.waiting.length && bytes < ROW_BYTES; count++)
        bytes += this.waiting[count]!.length;
    }
    const outputTokens = this.waitingTokens[count - 1]!;
    let frames = this.waiting;
    if (count < this.waiting.length) {
      this.waitingTokens.splice(0, count);
      frames = this.waiting.splice(0, count);
    } else {
      this.waiting = [];
      this.waitingTokens = [];
    }
    return { frames, row: { firstSeq, lastSeq: firstSeq + count - 1, frames: frames.join('\n'), outputTokens } };
  }

  /** They are in the log. */
  private show({ frames, row }: Waited): void {
    this.logged(row.frames.length - (frames.length - 1));
    this.audience.deliver(row.firstSeq, frames);
    this.delivery.note(frames.length);
  }

  private logged(bytes: number): void {
    this.unloggedBytes -= bytes;
    this.memory.free('unlogged', bytes);
  }

  private async append(waited: LogRow): Promise<void> {
    const row: AppendOperation = { ...this.key, ...waited };
    for (;;) {
      const { result, tail } = await this.ledger.append(row);
      if (result === 'gap') await this.repair(tail);
      else if (isLogged(result)) return this.kept.add(row);
      else throw new StreamLostError(`append: ${result}`);
    }
  }

  /** A killed database came back without the log's last rows: they are written again before anything else. */
  private async repair(tail: number): Promise<void> {
    const missing = this.kept.after(tail);
    if (!missing) throw new StreamLostError(`the log ends at ${tail}, and what followed is gone`);
    for (const row of missing) {
      const { result } = await this.ledger.append(row);
      if (!isLogged(result)) throw new StreamLostError(`append: ${result}`);
    }
  }
}

function isLogged(result: AppendResult['result']): boolean {
  return result === 'appended' || result === 'duplicate';
}
