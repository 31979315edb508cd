/** When the frames of one answer were handed to its watchers; a few numbers, taken once for each row of the log. */
export class DeliveryFigures {
  /** Frames so far, without the terminal one. */
  chunks = 0;
  /** When the first one was (performance.now()); undefined: there was none. */
  firstAtMs: number | undefined;
  lastAtMs = 0;
  /** The longest time between two of them, in milliseconds. */
  longestGapMs = 0;

  note(chunks: number): void {
    const nowMs = performance.now();
    if (this.firstAtMs === undefined) this.firstAtMs = nowMs;
    else if (nowMs - this.lastAtMs > this.longestGapMs) this.longestGapMs = nowMs - this.lastAtMs;
    this.lastAtMs = nowMs;
    this.chunks += chunks;
  }
}
