/** A timer this late was held up by our own process, in milliseconds. */
const LATE_MS = 20;
/** The most that one deadline is put off for that, in milliseconds. */
const MOST_PUT_OFF_MS = 5_000;

/**
 * One deadline that moves: setting it again costs an assignment, not a timer, so it can be moved at every chunk. The
 * timer looks, when it fires, whether the deadline has moved on meanwhile. A busy process is not a silent provider: where
 * the timer itself comes late, what waits in the sockets has not been read either, and the deadline is put off by as much.
 */
export class Watchdog {
  private deadlineMs = Infinity;
  private timer: NodeJS.Timeout | undefined;
  private firesAtMs = Infinity;
  private putOffMs = 0;
  private isOver = false;

  constructor(private readonly onExpired: () => void) {}

  /** The deadline is now `pauseMs` from here. */
  expectWithin(pauseMs: number): void {
    if (this.isOver) return;
    this.putOffMs = 0;
    this.moveTo(performance.now() + pauseMs);
  }

  /** No deadline any more. */
  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private moveTo(deadlineMs: number): void {
    this.deadlineMs = deadlineMs;
    if (deadlineMs < this.firesAtMs) this.arm();
  }

  private arm(): void {
    clearTimeout(this.timer);
    this.firesAtMs = this.deadlineMs;
    this.timer = setTimeout(() => this.look(), Math.max(0, this.deadlineMs - performance.now()));
    this.timer.unref();
  }

  private look(): void {
    const lateMs = performance.now() - this.firesAtMs;
    this.firesAtMs = Infinity;
    if (this.isOver) return;
    if (performance.now() < this.deadlineMs) return this.arm();
    if (lateMs > LATE_MS && this.putOffMs + lateMs <= MOST_PUT_OFF_MS) {
      this.putOffMs += lateMs;
      return this.moveTo(performance.now() + lateMs);
    }
    this.isOver = true;
    this.onExpired();
  }
}
