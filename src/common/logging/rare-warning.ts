import type { Logger } from '@nestjs/common';

const PAUSE_MS = 60_000;

/** Logs one warning a minute of trouble that is told of many times a second. */
export class RareWarning {
  private nextMs = 0;
  private untold = 0;

  constructor(
    private readonly logger: Logger,
    private readonly pauseMs = PAUSE_MS,
  ) {}

  warn(text: string): void {
    const nowMs = performance.now();
    if (nowMs < this.nextMs) {
      this.untold++;
      return;
    }
    this.logger.warn(this.untold === 0 ? text : `${text} (and ${this.untold} times since the last warning)`);
    this.untold = 0;
    this.nextMs = nowMs + this.pauseMs;
  }
}
