import type { Reading } from '../measures/reading.js';

const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A rule's summary with what was measured in the place of its `{…}`. Pure. */
export function summaryOf(template: string, { labels, value, volume }: Reading): string {
  const words: Record<string, string> = {
    ...labels,
    share: PERCENT.format(value),
    seconds: `${NUMBER.format(value / 1_000)} s`,
    minutes: `${NUMBER.format(value / 60_000)} minutes`,
    hours: `${NUMBER.format(value / 3_600_000)} hours`,
    times: `${NUMBER.format(value)} times`,
    count: NUMBER.format(value),
    volume: NUMBER.format(volume),
  };
  return template.replaceAll(/\{(\w+)\}/g, (text, name: string) => words[name] ?? text);
}
