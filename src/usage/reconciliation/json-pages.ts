import { ExportError } from './provider-count.js';

export type JsonObject = Record<string, unknown>;

/** Both vendors': what was counted in a span of time. */
export interface Bucket extends JsonObject {
  results: JsonObject[];
}

/**
 * The buckets of a page, or of a list of pages as they followed each other.
 * @throws ExportError where it is no such thing, or there was one more page
 */
export function pagesOf(json: unknown): Bucket[] {
  const pages = (Array.isArray(json) ? json : [json]) as JsonObject[];
  if (pages.at(-1)?.['has_more'] === true)
    throw new ExportError('has_more is true: pages are missing; fetch all of them, and put them into one list');
  return pages.flatMap((page) => {
    const buckets = page['data'];
    if (!Array.isArray(buckets)) throw new ExportError("a page has no 'data'");
    return buckets.map((bucket: unknown) => {
      if (Array.isArray((bucket as Bucket | null)?.results)) return bucket as Bucket;
      throw new ExportError("an entry of 'data' has no 'results'");
    });
  });
}

/** A number, or one as text; absent: 0. @throws ExportError */
export function numberOf(value: unknown): number {
  if (value === undefined || value === null || value === '') return 0;
  const number = typeof value === 'string' ? Number(value.replaceAll(',', '')) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new ExportError(`'${JSON.stringify(value).slice(0, 50)}' is no number`);
}
