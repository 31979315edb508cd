import { Logger } from '@nestjs/common';

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

  /** Resolves when the turn that runs, if any, has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }
}
