import type { BillEntry } from '../../../src/simulator/bill.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import type { Generations } from './stored.js';

/** The provider keeps its last 10,000 entries: they are copied often enough that none is missed. */
const COPY_EVERY_MS = 10_000;

/** The provider's own bill of the whole run. */
export class BillBook {
  private readonly entries = new Map<string, BillEntry>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly simulator: Simulator) {
    this.timer = setInterval(() => this.copy(), COPY_EVERY_MS);
  }

  /** Everything that was asked of the provider, by model. */
  close(): Map<string, Generations> {
    clearInterval(this.timer);
    this.copy();
    const { byModel } = this.simulator.stats();
    const all = new Map<string, Generations>();
    for (const [model, { requests }] of Object.entries(byModel)) all.set(model, { requests, entries: [] });
    for (const entry of this.entries.values()) all.get(entry.model)?.entries.push(entry);
    return all;
  }

  private copy(): void {
    for (const entry of this.simulator.stats().bill) this.entries.set(entry.requestId, entry);
  }
}
