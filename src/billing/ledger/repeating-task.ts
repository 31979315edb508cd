import { Logger } from '@nestjs/common';
import { answerWithin } from '../../common/answer-within.js';

/** A turn that hangs in a database that is not there must not keep the process from ending. */
const ENDS_WITHIN_MS = 1_000;

/** Runs something again and again, never twice at once; a failure is logged and the next turn comes all the same. */
export class RepeatingTask {
  private readonly logger = new Logger(RepeatingTask.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  /** @param pauseMs between the end of one turn and the beginning of the next, ± 20 % so that nodes don't march in step. */
  constructor(
    private readonly pauseMs: number,
    private readonly turn: () => Promise<void>,
  ) {}

  start(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(
      () => {
        this.running = this.turn()
          .catch((error: unknown) => this.logger.warn(`A repeated task failed: ${(error as Error).message}`))
          .finally(() => this.start());
      },
      this.pauseMs * (0.8 + Math.random() * 0.4),
    );
    this.timer.unref();
  }

  /** Resolves when the turn that runs, if any, has ended, or is not worth waiting for. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await answerWithin(this.running, ENDS_WITHIN_MS).catch(() => undefined);
  }
}
