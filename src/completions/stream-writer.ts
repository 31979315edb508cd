import type { Ledger } from '../billing/ledger/ledger.js';
import type {
  AppendOperation,
  AppendResult,
  FinishOperation,
  FinishResult,
  StreamKey,
} from '../billing/ledger/ledger-operations.js';
import type { Audience } from './audience.js';

/** One append, kept for as long as the log may still lose it. */
interface Row extends AppendOperation {
  /** performance.now() at its commit; 0 before it. */
  loggedAtMs: number;
}

/** The log's commits are not synchronous: a killed database loses at most its last 0.6 s; kept far longer, to be sure. */
const KEEP_ROWS_MS = 10_000;
const TRIM_EVERY_ROWS = 256;

/** Another node has finished this stream, or the log can't be continued: whatever comes is not ours to send. */
export class StreamLostError extends Error {}

/**
 * Log, then send: frames go out only after the log has them, one append in flight, everything that came meanwhile in the
 * next one.
 */
export class StreamWriter {
  private nextSeq = 1;
  private waiting: string[] = [];
  private outputTokens = 0;
  private appending: Promise<void> | undefined;
  private rows: Row[] = [];
  private lost: Error | undefined;

  constructor(
    private readonly ledger: Ledger,
    private readonly key: StreamKey,
    private readonly audience: Audience,
    private readonly onLost: () => void,
  ) {}

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
    this.nextSeq++;
    this.outputTokens = outputTokens;
  }

  /** Lets what was written go: called once after each batch of frames. */
  flush(): void {
    if (!this.appending && this.waiting.length > 0 && !this.lost) this.appending = this.appendAll();
  }

  /**
   * The end: what is still to be logged, then terminal frame and charge in one commit, then the frame goes out.
   * @throws StreamLostError where another node was faster
   */
  async finish(operation: Omit<FinishOperation, keyof StreamKey | 'seq' | 'outputTokens'>): Promise<FinishResult> {
    this.flush();
    await this.appending;
    for (;;) {
      if (this.lost) throw this.lost;
      const terminal = { ...this.key, ...operation, seq: this.nextSeq, outputTokens: this.outputTokens };
      const result = await this.ledger.finish(terminal);
      if (result.result === 'gap') await this.repair(result.tail);
      else if (result.frame === null) throw new StreamLostError(`finish: ${result.result}`);
      else {
        if (result.result === 'duplicate' && result.tail !== this.nextSeq)
          throw new StreamLostError('finished by another node');
        this.audience.deliver(this.nextSeq, [result.frame]);
        return result;
      }
    }
  }

  private async appendAll(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const frames = this.waiting;
        this.waiting = [];
        const lastSeq = this.nextSeq - 1;
        const row: Row = {
          accountId: this.key.accountId,
          requestId: this.key.requestId,
          firstSeq: lastSeq - frames.length + 1,
          lastSeq,
          frames: frames.join('\n'),
          outputTokens: this.outputTokens,
          loggedAtMs: 0,
        };
        await this.append(row);
        this.audience.deliver(row.firstSeq, frames);
      }
    } catch (error) {
      this.lost = error instanceof Error ? error : new StreamLostError(String(error));
      this.onLost();
    } finally {
      this.appending = undefined;
    }
  }

  private async append(row: Row): Promise<void> {
    for (;;) {
      const { result, tail } = await this.ledger.append(row);
      if (result === 'gap') await this.repair(tail);
      else if (isLogged(result)) return this.keep(row);
      else throw new StreamLostError(`append: ${result}`);
    }
  }

  /** A killed database came back without the log's last rows: they are written again before anything else. */
  private async repair(tail: number): Promise<void> {
    const missing = this.rows.filter(({ lastSeq }) => lastSeq > tail);
    if (missing[0]?.firstSeq !== tail + 1)
      throw new StreamLostError(`the log ends at ${tail}, and what followed is gone`);
    for (const row of missing) {
      const { result } = await this.ledger.append(row);
      if (!isLogged(result)) throw new StreamLostError(`append: ${result}`);
    }
  }

  private keep(row: Row): void {
    row.loggedAtMs = performance.now();
    this.rows.push(row);
    if (this.rows.length % TRIM_EVERY_ROWS > 0) return;
    const expired = row.loggedAtMs - KEEP_ROWS_MS;
    this.rows = this.rows.filter(({ loggedAtMs }) => loggedAtMs >= expired);
  }
}

function isLogged(result: AppendResult['result']): boolean {
  return result === 'appended' || result === 'duplicate';
}
