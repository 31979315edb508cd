import type { Readable } from 'node:stream';
import { ProviderError } from '../contract/provider-error.js';
import type { StreamPart } from '../contract/stream-part.js';
import { BatchQueue } from './batch-queue.js';
import type { EventReader } from './event-reader.js';
import { SseDecoder } from './sse-decoder.js';

/** How much and how long a server may go on after its own end of stream before we hang up instead of draining. */
const DRAIN_LIMIT_BYTES = 64 * 1024;
const DRAIN_LIMIT_MS = 1000;
const SOON = Promise.resolve();

export interface PartStreamOptions {
  providerId: string;
  reader: EventReader;
  signal: AbortSignal;
  onMalformedEvent?: (() => void) | undefined;
}

/**
 * Reads a server-sent event stream from the raw body as batches of stream parts: what one read of the network brought
 * is one batch. Ends with the vendor's own end of stream; the connection then goes back to the pool.
 */
export class PartStream implements AsyncIterableIterator<StreamPart[]> {
  /** Events that nothing could be made of and that were skipped. */
  malformedEvents = 0;
  private readonly queue: BatchQueue<StreamPart>;
  private readonly decoder = new SseDecoder(this);
  private batch: StreamPart[] = [];
  private isFlushScheduled = false;
  private isSettled = false;
  private drainedBytes = 0;
  private drainTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly body: Readable,
    private readonly options: PartStreamOptions,
  ) {
    this.queue = new BatchQueue(body);
    body.on('data', this.onData);
    body.on('end', this.onEnd);
    body.on('error', this.onError);
    body.on('close', this.onClose);
  }

  get isAtEnd(): boolean {
    return this.queue.isAtEnd && !this.options.signal.aborted;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<StreamPart[]>> {
    // As long as the body lives, an abort comes as its error.
    if (this.isSettled && this.options.signal.aborted) this.abort();
    return this.queue.next();
  }

  /** The reader has had enough: the upstream connection is closed at once. */
  return(): Promise<IteratorResult<StreamPart[]>> {
    if (!this.isSettled) {
      this.isSettled = true;
      this.body.destroy();
    }
    this.queue.discard();
    return Promise.resolve({ value: undefined, done: true });
  }

  onEvent(data: string): void {
    if (this.isSettled) return;
    try {
      const outcome = this.options.reader.read(data, this.batch);
      if (outcome === 'end') this.lose();
      else if (outcome === 'malformed') this.skipMalformed();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  onOverflow(): void {
    this.fail(this.error('malformed_response', 'The provider sent an event that never ended'));
  }

  private readonly onData = (bytes: Buffer): void => {
    if (this.isSettled) return this.drain(bytes.length);
    this.decoder.write(bytes);
    if (this.batch.length === 0 || this.isFlushScheduled) return;
    // One read of the network may bring many HTTP chunks, all of them before the next microtask. (queueMicrotask would
    // make an async resource for each.)
    this.isFlushScheduled = true;
    void SOON.then(this.flush);
  };

  private readonly onEnd = (): void => {
    if (!this.isSettled) this.decoder.end();
    this.lose();
  };

  private readonly onError = (cause: Error): void => {
    if (this.options.signal.aborted) this.abort();
    else this.lose(cause);
  };

  private readonly onClose = (): void => {
    clearTimeout(this.drainTimer);
    this.lose();
  };

  private readonly flush = (): void => {
    this.isFlushScheduled = false;
    if (this.batch.length === 0) return;
    const { batch } = this;
    this.batch = [];
    this.queue.push(batch);
  };

  private complete(): void {
    this.flush();
    this.isSettled = true;
    this.queue.close();
    if (this.body.destroyed || this.body.readableEnded) return;
    this.body.resume();
    this.drainTimer = setTimeout(() => this.body.destroy(), DRAIN_LIMIT_MS).unref();
  }

  /** Nothing more will come: with a finish reason the answer is whole, however the stream or its connection ended. */
  private lose(cause?: Error): void {
    if (this.isSettled) return;
    if (this.options.reader.hasFinished) return this.complete();
    this.fail(this.error('stream_broken', 'The stream ended without a finish reason', cause));
  }

  private fail(error: Error): void {
    if (this.isSettled) return;
    this.flush();
    this.isSettled = true;
    this.queue.close(error);
    this.body.destroy();
  }

  private abort(): void {
    if (!this.isSettled) {
      this.isSettled = true;
      this.body.destroy();
    }
    this.queue.discard(this.error('aborted', 'The call was aborted', this.options.signal.reason));
  }

  private drain(byteCount: number): void {
    this.drainedBytes += byteCount;
    if (this.drainedBytes > DRAIN_LIMIT_BYTES) this.body.destroy();
  }

  private skipMalformed(): void {
    this.malformedEvents++;
    this.options.onMalformedEvent?.();
  }

  private error(
    kind: 'malformed_response' | 'stream_broken' | 'aborted',
    message: string,
    cause?: unknown,
  ): ProviderError {
    return new ProviderError(this.options.providerId, kind, message, { cause });
  }
}
