import type { StreamPart } from '../providers/contract/stream-part.js';
import type { Attempt } from './attempt.js';

/** A provider's running answer: batches of parts, guarded by the deadline between chunks. Read it to its end, or close it. */
export class AnswerStream {
  private leading: StreamPart[] | undefined;

  constructor(
    leading: StreamPart[],
    private readonly rest: AsyncIterator<StreamPart[]>,
    private readonly attempt: Attempt,
  ) {
    this.leading = leading;
  }

  /**
   * The next batch; undefined: the answer is complete.
   * @throws ProviderError where it broke off
   */
  async next(): Promise<StreamPart[] | undefined> {
    if (this.leading) {
      const batch = this.leading;
      this.leading = undefined;
      return batch;
    }
    try {
      const read = await this.rest.next();
      if (read.done) {
        this.attempt.complete();
        return undefined;
      }
      this.attempt.touch();
      return read.value;
    } catch (error) {
      this.attempt.close();
      throw this.attempt.explain(error);
    }
  }

  /** Hangs up on the provider. */
  close(): void {
    this.attempt.close();
  }
}
