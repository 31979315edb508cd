/** How much one more observation counts: about the last twenty make the mean. */
const WEIGHT = 0.1;
/** Before anything was observed: a short answer, in milliseconds. */
const UNKNOWN_SERVICE_MS = 5_000;
const SHORTEST_MS = 100;
const LONGEST_MS = 60_000;

/** How long a provider's slots are held, as a moving mean, and how long one has to wait for one. */
export class WaitEstimate {
  private meanMs: number | undefined;

  /** @param slotCount how many are held at once */
  constructor(public slotCount: number) {}

  /** A slot was held for so long. */
  observe(serviceMs: number): void {
    this.meanMs = this.meanMs === undefined ? serviceMs : this.meanMs + WEIGHT * (serviceMs - this.meanMs);
  }

  /**
   * @param position 1: the next to be served
   * @returns whole milliseconds, from 100 to 60,000
   */
  waitMs(position: number): number {
    const expectedMs = (position * (this.meanMs ?? UNKNOWN_SERVICE_MS)) / this.slotCount;
    return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Math.ceil(expectedMs)));
  }
}
