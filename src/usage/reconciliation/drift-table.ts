import type { Drift } from './compare-counts.js';

const HEADER = ['day', 'model', '', 'ours', 'theirs', 'drift', '%', ''];
const LEFT = new Set([0, 1, 2, 7]);

/** What was compared, as a table for people; what is beyond the tolerance is marked. Pure. */
export function driftTable(drifts: readonly Drift[]): string {
  const rows = [HEADER, ...drifts.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => (LEFT.has(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

function cellsOf({ day, model, metric, ours, theirs, drift, percent, isBeyond }: Drift): string[] {
  const sign = drift > 0 ? '+' : '';
  const part = percent === null ? 'new' : `${sign}${percent.toFixed(2)}`;
  return [day, model, metric, figure(ours), figure(theirs), sign + figure(drift), part, isBeyond ? '<-' : ''];
}

function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
