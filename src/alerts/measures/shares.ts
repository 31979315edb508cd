import type { LabelledSum } from '../samples/samples.store.js';
import type { Reading } from './reading.js';

/**
 * Which share of what was counted is bad, label by label. Pure.
 * @param name of the label
 */
export function sharesOf(name: string, all: readonly LabelledSum[], bad: readonly LabelledSum[]): Reading[] {
  const badOf = new Map(bad.map(({ label, value }) => [label, value]));
  return all.map(({ label, value: volume }) => ({
    labels: { [name]: label },
    value: (badOf.get(label) ?? 0) / volume,
    volume,
  }));
}

/** How many requests there were, and how many failed. */
export interface RequestCount {
  all: number;
  failed: number;
}

/**
 * How many times as often as the objective allows requests fail: in the long window, and still in the short one, so that
 * it ends soon after the failures. Pure.
 */
export function burnRate(objective: number, long: RequestCount, short: RequestCount): Reading {
  const rate = ({ all, failed }: RequestCount) => (all === 0 ? 0 : failed / all / (1 - objective));
  return { labels: {}, value: Math.min(rate(long), rate(short)), volume: long.all };
}
