import type { Counter, Gauge } from './series.js';

/** What was counted under a name and a label in one slot. */
export interface Sample {
  name: Counter | Gauge;
  label: string;
  value: number;
}

/** Some seconds of a node's life; it never changes, so it may be written twice. */
export interface Slot {
  /** 1, 2, 3 … */
  number: number;
  /** By the clock that `close` was told. */
  closedAtMs: number;
  samples: readonly Sample[];
}

/** What a database that is away is waited for with: an hour of slots of ten seconds. */
const MOST_SLOTS = 360;

/** Counts into slots, and keeps those that are not written yet. */
export class SampleBuffer {
  private readonly closed: Slot[] = [];
  private counts = new Map<string, Sample>();
  private lastNumber = 0;

  constructor(private readonly mostSlots = MOST_SLOTS) {}

  /** Closed and not written, oldest first. */
  get unwritten(): readonly Slot[] {
    return this.closed;
  }

  count(name: Counter, label = '', times = 1): void {
    const key = `${name}\n${label}`;
    const sample = this.counts.get(key);
    if (sample) sample.value += times;
    else this.counts.set(key, { name, label, value: times });
  }

  /**
   * Ends the slot; one in which nothing was does not become one. The oldest goes where too many wait.
   * @param seen what stands at its end
   */
  close(nowMs: number, seen: readonly Sample[] = []): void {
    const samples = [...this.counts.values(), ...seen.filter(({ value }) => value !== 0)];
    this.counts = new Map();
    if (samples.length === 0) return;
    this.closed.push({ number: ++this.lastNumber, closedAtMs: nowMs, samples });
    if (this.closed.length > this.mostSlots) this.closed.shift();
  }

  /** Up to this one they are written. */
  forget(upToNumber: number): void {
    while (this.closed[0] && this.closed[0].number <= upToNumber) this.closed.shift();
  }
}
