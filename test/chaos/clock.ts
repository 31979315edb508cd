/** The time of one run: milliseconds since its beginning. */
export class Clock {
  private readonly begunMs = performance.now();
  private readonly begunEpochMs = Date.now();

  get ms(): number {
    return Math.round(performance.now() - this.begunMs);
  }

  /** The same moment in the run's time; for what other processes wrote down. */
  fromEpoch(epochMs: number): number {
    return epochMs - this.begunEpochMs;
  }

  /** Waits until that moment of the run; at once where it is past. */
  async until(ms: number): Promise<void> {
    const left = ms - this.ms;
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
  }
}
