import { isPassingTrouble } from '../../database/passing-trouble.js';

export interface GroupCommitOptions {
  /** Most operations in one statement. */
  maximumBatch: number;
  /** How long a batch is tried again while the database is in trouble, in milliseconds. */
  retryForMs: number;
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
  private isBusy = false;

  constructor(
    private readonly run: (operations: Operation[]) => Promise<Result[]>,
    private readonly options: GroupCommitOptions,
  ) {}

  /** @throws what the database said, once trying again made no sense or took too long. */
  submit(operation: Operation): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ operation, resolve, reject });
      if (this.isBusy) return;
      this.isBusy = true;
      setImmediate(() => void this.drain()); // all that this turn of the event loop brings goes together
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.options.maximumBatch);
      await this.commit(batch);
      await nextTurn(); // what the results lead to goes into the next batch, not into the one after it
    }
    this.isBusy = false;
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
        if (!isPassingTrouble(error) || performance.now() + jittered > deadlineMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, jittered));
      }
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
