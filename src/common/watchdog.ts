/** A longer wait is looked at in slices, in milliseconds: each tells how far behind our own process is. */
const LONGEST_SLICE_MS = 100;
/** A timer this late was held up by our own process, in milliseconds: the delay is not the provider's. */
const LATE_MS = 5;
/** A slice this late says nothing of the provider at all: it is not counted. */
const VERY_LATE_MS = 50;
/** The most that one deadline is put off for that, in milliseconds. */
const MOST_PUT_OFF_MS = 5_000;

/**
 * One deadline that moves: setting it again costs an assignment, not a timer, so it can be moved at every chunk. The
 * timer looks, when it fires, whether the deadline has moved on meanwhile. A busy process is not a silent provider: as
 * much as the timer itself comes late, what waits in the sockets has not been read either, and the deadline is put off.
 */
export class Watchdog {
  private deadlineMs = Infinity;
  private timer: NodeJS.Timeout | undefined;
  private armedAtMs = 0;
  private firesAtMs = Infinity;
  private putOffMs = 0;
  private isOver = false;

  constructor(private readonly onExpired: () => void) {}

  /** The deadline is now `pauseMs` from here. */
  expectWithin(pauseMs: number): void {
    if (this.isOver) return;
    this.putOffMs = 0;
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
    this.armedAtMs = performance.now();
    this.firesAtMs = Math.min(this.deadlineMs, this.armedAtMs + LONGEST_SLICE_MS);
    this.timer = setTimeout(() => this.look(), Math.max(0, this.firesAtMs - this.armedAtMs));
    this.timer.unref();
  }

  private putOff(): void {
    const lateMs = performance.now() - this.firesAtMs;
    const ownDelayMs = lateMs > VERY_LATE_MS ? performance.now() - this.armedAtMs : lateMs > LATE_MS ? lateMs : 0;
    if (this.putOffMs + ownDelayMs > MOST_PUT_OFF_MS) return;
    this.putOffMs += ownDelayMs;
    this.deadlineMs += ownDelayMs;
  }

  private look(): void {
    if (this.isOver) return;
    this.putOff();
    if (performance.now() < this.deadlineMs) return this.arm();
    this.isOver = true;
    this.onExpired();
  }
}
