import { Counter, Gauge, type Registry } from 'prom-client';

/** One value of a metric, with its labels. */
export type Sample<Label extends string> = readonly [Record<Label, string>, number];

/** What is said of a metric that is read when it is asked for. */
export interface ReadMetric<Label extends string> {
  name: string;
  help: string;
  labelNames?: readonly Label[];
  /** Looks at what is in memory; never at a database. */
  read: () => readonly Sample<Label>[];
}

/** A value that goes up and down and is known elsewhere. */
export function gauge<Label extends string = never>(registry: Registry, metric: ReadMetric<Label>): void {
  const { name, help, labelNames = [], read } = metric;
  new Gauge<Label>({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.set(labels, value);
    },
  });
}

/** A count that is kept elsewhere. */
export function counter<Label extends string = never>(registry: Registry, metric: ReadMetric<Label>): void {
  const { name, help, labelNames = [], read } = metric;
  new Counter<Label>({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}

/** Of a metric without labels. */
export function alone(value: number): readonly Sample<never>[] {
  return [[{}, value]];
}

/** Nothing is told of what is not known. */
export function known(value: number | undefined): readonly Sample<never>[] {
  return value === undefined ? [] : alone(value);
}
