/** What may wait for the message that is on its way; beyond it messages are dropped. */
const MOST_WAITING = 1_000;
/** So many go out at once. */
const MOST_AT_ONCE = 100;

/**
 * Sends in the background, one batch at a time: what is added while one is on its way goes out with the next. A batch that
 * fails is dropped.
 */
export class MessageOutbox<T> {
  private waiting: T[] = [];
  private sending: Promise<void> | undefined;

  /** @param send may reject, with what `onLoss` is told then */
  constructor(
    private readonly send: (batch: T[]) => Promise<void>,
    private readonly onLoss: (error: Error, count: number) => void,
  ) {}

  add(message: T): void {
    if (this.waiting.length >= MOST_WAITING) {
      this.onLoss(new Error('too many messages at once'), 1);
      return;
    }
    this.waiting.push(message);
    this.sending ??= this.drain().finally(() => (this.sending = undefined));
  }

  /** Resolves when everything that was added has been sent or dropped. */
  async settled(): Promise<void> {
    await this.sending;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MOST_AT_ONCE);
      try {
        await this.send(batch);
      } catch (error) {
        this.onLoss(error as Error, batch.length);
      }
    }
  }
}
