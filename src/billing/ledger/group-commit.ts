import { Watchdog } from '../../common/watchdog.js';
import { isPassingTrouble } from '../../database/passing-trouble.js';

export interface GroupCommitOptions {
  /** Most operations in one statement. */
  maximumBatch: number;
  /** How long a batch is tried again while the database is in trouble, in milliseconds. */
  retryForMs: number;
  /**
   * After so long without an answer, in milliseconds, whoever waits is told, and whoever comes is refused at once until
   * the statement under way has ended. What was sent may still have its effect. Undefined: they wait.
   */
  answerWithinMs?: number;
}

interface Waiting<Operation, Result> {
  operation: Operation;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Collects operations while the last statement is in flight and sends them as one: no timer, so an idle gateway answers
 * at once and a busy one in ever larger batches. `run` gives one result per operation, in order, and must be idempotent:
 * a batch whose outcome is unknown (a lost connection) is simply run again. A batch that fails for its data is run again
 * one by one, so that one bad operation fails alone.
 */
export class GroupCommit<Operation, Result> {
  private waiting: Waiting<Operation, Result>[] = [];
  /** What is being committed. */
  private current: Waiting<Operation, Result>[] = [];
  private isBusy = false;
  private refusal: Error | undefined;
  private hasGivenUp = false;

  constructor(
    private readonly run: (operations: Operation[]) => Promise<Result[]>,
    private readonly options: GroupCommitOptions,
  ) {}

  /** @throws what the database said, once trying again made no sense or took too long. */
  submit(operation: Operation): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.refusal) return reject(this.refusal);
      this.waiting.push({ operation, resolve, reject });
      if (this.isBusy) return;
      this.isBusy = true;
      setImmediate(() => void this.drain()); // all that this turn of the event loop brings goes together
    });
  }

  /** Nothing is waited for any more, or taken: the process ends. */
  giveUp(): void {
    this.hasGivenUp = true;
    this.refuse('the gateway is shutting down, and the database did not answer');
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      this.current = this.waiting.splice(0, this.options.maximumBatch);
      const watch = this.watch();
      await this.commit(this.current);
      watch.stop();
      if (!this.hasGivenUp) this.refusal = undefined;
      await nextTurn(); // what the results lead to goes into the next batch, not into the one after it
    }
    this.current = [];
    this.isBusy = false;
  }

  private watch(): Watchdog {
    const { answerWithinMs } = this.options;
    const watchdog = new Watchdog(() => this.refuse(`the database gave no answer within ${answerWithinMs} ms`));
    if (answerWithinMs !== undefined) watchdog.expectWithin(answerWithinMs);
    return watchdog;
  }

  private refuse(why: string): void {
    const refusal = new Error(why); // without a code: passing trouble
    this.refusal = refusal;
    for (const { reject } of [...this.current, ...this.waiting.splice(0)]) reject(refusal);
  }

  private async commit(batch: Waiting<Operation, Result>[]): Promise<void> {
    try {
      const results = await this.persist(batch.map(({ operation }) => operation));
      for (let index = 0; index < batch.length; index++) batch[index]!.resolve(results[index]!);
    } catch (error) {
      if (batch.length === 1 || isPassingTrouble(error)) for (const { reject } of batch) reject(error);
      else for (const single of batch) await this.commit([single]);
    }
  }

  private async persist(operations: Operation[]): Promise<Result[]> {
    const deadlineMs = performance.now() + this.options.retryForMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.run(operations);
      } catch (error) {
        const jittered = pauseMs * (0.5 + Math.random());
        if (this.refusal || !isPassingTrouble(error) || performance.now() + jittered > deadlineMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, jittered));
      }
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
