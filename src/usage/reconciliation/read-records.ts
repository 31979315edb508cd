import { dayOf } from './day-of.js';
import { numberOf } from './json-pages.js';
import { ExportError, type Metric, type ProviderCount } from './provider-count.js';

/** Names of columns: any one of the first two lists; of the others all that are there are added up. */
interface Columns {
  day: readonly string[];
  model: readonly string[];
  metrics: Partial<Record<Metric, readonly string[]>>;
}

/** The console's export of Anthropic's, as its files are published. */
const ANTHROPIC: Columns = {
  day: ['usage_date_utc'],
  model: ['model_version'],
  metrics: {
    promptTokens: [
      'usage_input_tokens_no_cache',
      'usage_input_tokens_cache_write_5m',
      'usage_input_tokens_cache_write_1h',
      'usage_input_tokens_cache_read',
    ],
    cachedTokens: ['usage_input_tokens_cache_read'],
    completionTokens: ['usage_output_tokens'],
  },
};

/** The dashboard's of OpenAI: its API's fields as columns. */
const OPENAI: Columns = {
  day: ['start_time_iso', 'start_time'],
  model: ['model', 'line_item'],
  metrics: {
    requests: ['num_model_requests'],
    promptTokens: ['input_tokens'],
    cachedTokens: ['input_cached_tokens'],
    completionTokens: ['output_tokens'],
    costUsd: ['amount_value'],
  },
};

/** Our own, for any other provider (docs/usage.md). */
const PLAIN: Columns = {
  day: ['day'],
  model: ['model'],
  metrics: {
    requests: ['requests'],
    promptTokens: ['input'],
    cachedTokens: ['cached'],
    completionTokens: ['output'],
    costUsd: ['cost_usd'],
  },
};

/**
 * Lines of a CSV file, whichever of the known ones it is.
 * @throws ExportError where it is none of them
 */
export function readRecords(records: readonly Record<string, string>[]): ProviderCount[] {
  const [first] = records;
  if (!first) return [];
  const columns = [ANTHROPIC, OPENAI, PLAIN].find((each) => isOf(each, first));
  if (!columns)
    throw new ExportError(`its columns are those of no known export: ${Object.keys(first).slice(0, 8).join(', ')}`);
  return records.map((record) => countOf(columns, record));
}

function isOf({ day, metrics }: Columns, record: Record<string, string>): boolean {
  return (
    day.some((name) => name in record) && Object.values(metrics).some((names) => names.some((name) => name in record))
  );
}

function countOf({ day, model, metrics }: Columns, record: Record<string, string>): ProviderCount {
  const named = model.map((name) => record[name]).find((text) => text !== undefined && text !== '');
  const counts = Object.entries(metrics).flatMap(([metric, names]) => {
    const there = names.filter((name) => name in record);
    return there.length === 0 ? [] : [[metric, there.reduce((sum, name) => sum + numberOf(record[name]), 0)]];
  });
  return {
    day: dayOf(day.map((name) => record[name]).find((text) => text)),
    ...(named === undefined ? {} : { model: named.split(',')[0]!.trim() }),
    ...(Object.fromEntries(counts) as Partial<Record<Metric, number>>),
  };
}
