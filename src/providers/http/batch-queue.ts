/** What the queue tells its source, so that unread batches don't pile up. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** A batch is one read of the network, 64 KiB at most: what a reader who takes nothing costs is bounded by this. */
const PAUSE_ABOVE_BATCHES = 8;
const RESUME_AT_BATCHES = 2;
const DONE: IteratorReturnResult<undefined> = { value: undefined, done: true };

/**
 * A hand-written async queue between a source of events and one reader that awaits each `next()` before the next one.
 * A batch costs one promise; there is none per item.
 */
export class BatchQueue<Item> {
  private readonly batches: Item[][] = [];
  private isPaused = false;
  private isClosed = false;
  private failure: Error | undefined;
  private resolve: ((result: IteratorResult<Item[]>) => void) | undefined;
  private reject: ((error: Error) => void) | undefined;

  constructor(private readonly flow: Flow) {}

  /** Whether a reader who asks now is told that there is nothing more. */
  get isAtEnd(): boolean {
    return this.isClosed && this.batches.length === 0 && this.failure === undefined;
  }

  push(batch: Item[]): void {
    if (this.isClosed) return;
    const { resolve } = this;
    if (resolve) {
      this.forgetReader();
      resolve({ value: batch, done: false });
      return;
    }
    this.batches.push(batch);
    if (this.batches.length <= PAUSE_ABOVE_BATCHES || this.isPaused) return;
    this.isPaused = true;
    this.flow.pause();
  }

  /** Nothing more will come: the reader gets what waits, then the end or the failure. */
  close(failure?: Error): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.failure = failure;
    const { resolve, reject } = this;
    if (!resolve) return;
    this.forgetReader();
    this.failure = undefined;
    if (failure) reject?.(failure);
    else resolve(DONE);
  }

  /** As `close`, but what waits is thrown away. A reader who had everything but the end still gets the end. */
  discard(failure?: Error): void {
    const wasWaiting = this.batches.length > 0 || this.failure !== undefined;
    this.batches.length = 0;
    if (!this.isClosed) this.close(failure);
    else if (wasWaiting) this.failure = failure;
  }

  next(): Promise<IteratorResult<Item[]>> {
    const batch = this.batches.shift();
    if (batch) {
      this.resumeWhenRead();
      return Promise.resolve({ value: batch, done: false });
    }
    if (!this.isClosed) return new Promise(this.awaitBatch);
    const { failure } = this;
    this.failure = undefined;
    return failure ? Promise.reject(failure) : Promise.resolve(DONE);
  }

  private readonly awaitBatch = (
    resolve: (result: IteratorResult<Item[]>) => void,
    reject: (error: Error) => void,
  ): void => {
    this.resolve = resolve;
    this.reject = reject;
  };

  private forgetReader(): void {
    this.resolve = undefined;
    this.reject = undefined;
  }

  private resumeWhenRead(): void {
    if (!this.isPaused || this.batches.length > RESUME_AT_BATCHES) return;
    this.isPaused = false;
    this.flow.resume();
  }
}
