import type { JsonObject } from './json-pages.js';
import type { ProviderCount } from './provider-count.js';
import { ExportError } from './provider-count.js';
import { readAnthropicPages } from './read-anthropic-pages.js';
import { readCsv } from './read-csv.js';
import { readOpenAiPages } from './read-openai-pages.js';
import { readRecords } from './read-records.js';

/**
 * What a provider says that was used: its file tells by itself what it is.
 * @throws ExportError
 */
export function readExport(text: string): ProviderCount[] {
  return /^\uFEFF?\s*[[{]/.test(text) ? readPages(parse(text)) : readRecords(readCsv(text));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new ExportError(`it is no JSON (${(error as Error).message})`);
  }
}

/** OpenAI's buckets have a `start_time`, Anthropic's a `starting_at`. */
function readPages(json: unknown): ProviderCount[] {
  const [page] = (Array.isArray(json) ? json : [json]) as (JsonObject | undefined)[];
  const data = page?.['data'];
  const bucket: unknown = Array.isArray(data) ? data[0] : undefined;
  const isAnthropic = typeof bucket === 'object' && bucket !== null && 'starting_at' in bucket;
  return isAnthropic ? readAnthropicPages(json) : readOpenAiPages(json);
}
