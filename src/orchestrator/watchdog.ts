/**
 * One deadline that moves: setting it again costs an assignment, not a timer, so it can be moved at every chunk. The
 * timer looks, when it fires, whether the deadline has moved on meanwhile.
 */
export class Watchdog {
  private deadlineMs = Infinity;
  private timer: NodeJS.Timeout | undefined;
  private firesAtMs = Infinity;
  private isOver = false;

  constructor(private readonly onExpired: () => void) {}

  /** The deadline is now `pauseMs` from here. */
  expectWithin(pauseMs: number): void {
    if (this.isOver) return;
    this.deadlineMs = performance.now() + pauseMs;
    if (this.deadlineMs < this.firesAtMs) this.arm();
  }

  /** No deadline any more. */
  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private arm(): void {
    clearTimeout(this.timer);
    this.firesAtMs = this.deadlineMs;
    this.timer = setTimeout(() => this.look(), Math.max(0, this.deadlineMs - performance.now()));
    this.timer.unref();
  }

  private look(): void {
    this.firesAtMs = Infinity;
    if (this.isOver) return;
    if (performance.now() < this.deadlineMs) return this.arm();
    this.isOver = true;
    this.onExpired();
  }
}
