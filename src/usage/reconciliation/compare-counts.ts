import { baseModel } from './base-model.js';
import { METRICS, type Metric, type ProviderCount } from './provider-count.js';

/** One figure of ours beside the provider's. */
export interface Drift {
  /** 'all' where days are not told apart. */
  day: string;
  /** 'all': of all models together, as the provider tells no more. */
  model: string;
  metric: Metric;
  ours: number;
  theirs: number;
  /** ours − theirs */
  drift: number;
  /** Of theirs; null: they have nothing. */
  percent: number | null;
  isBeyond: boolean;
}

export interface Comparison {
  /** What may differ, as a part of the provider's figure: 0.01 is 1 %. */
  tolerance: number;
  byDay: boolean;
  /** Our names of models that the provider calls otherwise. */
  names?: ReadonlyMap<string, string>;
}

const ALL = 'all';
/** Sums of dollars are rounded to what an invoice may show of them. */
const DECIMALS = 6;

/**
 * Compares what a provider counted with what we did, by day and model; by day alone what it doesn't tell by model. Only what
 * it says at all is compared: one who counts no requests is not held to have had none. Pure.
 */
export function compareCounts(
  ours: readonly ProviderCount[],
  theirs: readonly ProviderCount[],
  { tolerance, byDay, names = new Map() }: Comparison,
): Drift[] {
  const dayOf = ({ day }: ProviderCount) => (byDay ? day : ALL);
  const modelOf = (model: string) => names.get(model) ?? baseModel(model);
  const named = theirs.filter(({ model }) => model !== undefined);
  const unnamed = theirs.filter(({ model }) => model === undefined);
  const sides = [
    { counts: named, metrics: metricsOf(named), nameOf: ({ model }: ProviderCount) => modelOf(model!) },
    { counts: theirs, metrics: metricsOf(unnamed), nameOf: () => ALL },
  ];
  return sides.flatMap(({ counts, metrics, nameOf }) => {
    if (metrics.length === 0) return [];
    const keyOf = (count: ProviderCount) => `${dayOf(count)}\n${nameOf(count)}`;
    const [our, their] = [sumsBy(ours, keyOf), sumsBy(counts, keyOf)];
    const keys = [...new Set([...our.keys(), ...their.keys()])].sort();
    return keys.flatMap((key) =>
      metrics.map((metric) => {
        const [day, model] = key.split('\n') as [string, string];
        const figures = { ours: our.get(key)?.[metric] ?? 0, theirs: their.get(key)?.[metric] ?? 0 };
        return { day, model, metric, ...driftOf(figures, tolerance) };
      }),
    );
  });
}

function metricsOf(counts: readonly ProviderCount[]): Metric[] {
  return METRICS.filter((metric) => counts.some((count) => count[metric] !== undefined));
}

function driftOf({ ours, theirs }: { ours: number; theirs: number }, tolerance: number) {
  const drift = rounded(ours - theirs);
  return {
    ours: rounded(ours),
    theirs: rounded(theirs),
    drift,
    percent: theirs === 0 ? (drift === 0 ? 0 : null) : Math.round((drift / theirs) * 1e4) / 100,
    isBeyond: Math.abs(drift) > tolerance * Math.abs(theirs),
  };
}

function sumsBy(counts: readonly ProviderCount[], keyOf: (count: ProviderCount) => string) {
  const sums = new Map<string, Partial<Record<Metric, number>>>();
  for (const count of counts) {
    const sum = sums.get(keyOf(count)) ?? {};
    for (const metric of METRICS) if (count[metric] !== undefined) sum[metric] = (sum[metric] ?? 0) + count[metric];
    sums.set(keyOf(count), sum);
  }
  return sums;
}

function rounded(figure: number): number {
  return Number(figure.toFixed(DECIMALS));
}
