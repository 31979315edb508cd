import type { StreamPart } from '../providers/contract/stream-part.js';
import type { ProviderError } from '../providers/contract/provider-error.js';

/** The attempt that an answer belongs to: it keeps the deadlines and the connection. */
export interface AttemptGuard {
  /** Something came: the next may take as long again. */
  expectChunk(): void;
  /** The answer is there: only its token count may follow. */
  expectEnd(): void;
  /** It is not read from for a while: no deadline applies until something else is expected. */
  expectNothing(): void;
  /** The end came by itself: no deadline applies any more, and the connection goes back to its pool. */
  complete(): void;
  /**
   * Hangs up: the provider's connection does not outlive this.
   * @param failure what the call came to; absent: nobody wants the rest of it
   */
  close(failure?: ProviderError): void;
  /** What an error of the provider means, given that it may be our own hanging up that it reports. */
  explain(error: unknown): ProviderError;
}

/** Where an answer's batches come from. */
export interface PartSource extends AsyncIterator<StreamPart[]> {
  /** Whether it is known already that all has been read, and well; absent: only `next` tells. */
  readonly isAtEnd?: boolean;
}

/** A provider's running answer: batches of parts, guarded by the deadline between chunks. Read it to its end, or close it. */
export class AnswerStream {
  private leading: StreamPart[] | undefined;
  /** The provider said why it ended; what may still come is its count of tokens. */
  private hasFinished = false;
  private isPaused = false;

  constructor(
    leading: StreamPart[],
    private readonly rest: PartSource,
    private readonly attempt: AttemptGuard,
  ) {
    this.leading = leading;
  }

  /** Whether `next` is known to say that the answer is complete. */
  get isAtEnd(): boolean {
    return this.leading === undefined && this.rest.isAtEnd === true;
  }

  /**
   * The next batch; undefined: the answer is complete.
   * @throws ProviderError where it broke off
   */
  async next(): Promise<StreamPart[] | undefined> {
    if (this.leading) {
      const batch = this.leading;
      this.leading = undefined;
      return this.noted(batch);
    }
    if (this.isPaused) this.expectMore();
    try {
      const read = await this.rest.next();
      if (read.done) {
        this.attempt.complete();
        return undefined;
      }
      return this.noted(read.value);
    } catch (error) {
      const failure = this.attempt.explain(error);
      const hasAllButTheEnd = this.hasFinished && failure.kind === 'timeout';
      this.attempt.close(hasAllButTheEnd ? undefined : failure);
      if (hasAllButTheEnd) return undefined;
      throw failure;
    }
  }

  /** An answer that has finished but whose connection stays open is not waited for as one that still writes. */
  private noted(batch: StreamPart[]): StreamPart[] {
    this.hasFinished ||= batch.some(({ type }) => type === 'finish');
    this.expectMore();
    return batch;
  }

  private expectMore(): void {
    this.isPaused = false;
    if (this.hasFinished) this.attempt.expectEnd();
    else this.attempt.expectChunk();
  }

  /** Gives a batch back: it is the next one again. */
  unread(batch: StreamPart[]): void {
    this.leading = batch;
  }

  /** No `next` will be called for a while; what the provider has not sent yet waits at its side. */
  pause(): void {
    this.isPaused = true;
    this.attempt.expectNothing();
  }

  /** Hangs up on the provider. */
  close(): void {
    this.attempt.close();
  }
}
