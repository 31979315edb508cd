import { dayOf } from './day-of.js';
import { numberOf, pagesOf, type JsonObject } from './json-pages.js';
import { ExportError, type ProviderCount } from './provider-count.js';

const CENTS_PER_DOLLAR = 100;

/**
 * Pages of Anthropic's `GET /v1/organizations/usage_report/messages` (with `group_by[]=model`) and `…/cost_report` (with
 * `group_by[]=description`). It counts no requests.
 * Source: https://platform.claude.com/docs/en/api/admin-api/usage-cost/get-messages-usage-report and …/get-cost-report
 * @throws ExportError
 */
export function readAnthropicPages(json: unknown): ProviderCount[] {
  return pagesOf(json).flatMap((bucket) =>
    bucket.results.map((result) => countOf(dayOf(bucket['starting_at']), result)),
  );
}

function countOf(day: string, result: JsonObject): ProviderCount {
  const named = { day, ...(typeof result['model'] === 'string' ? { model: result['model'] } : {}) };
  if ('amount' in result) return { ...named, costUsd: dollars(result) };
  if (!('output_tokens' in result)) throw new ExportError("a result has neither 'output_tokens' nor 'amount'");
  const written = (result['cache_creation'] ?? {}) as JsonObject;
  const cached = numberOf(result['cache_read_input_tokens']);
  return {
    ...named,
    // ours has what was read from or written to a cache in it
    promptTokens:
      numberOf(result['uncached_input_tokens']) +
      cached +
      numberOf(written['ephemeral_5m_input_tokens']) +
      numberOf(written['ephemeral_1h_input_tokens']),
    cachedTokens: cached,
    completionTokens: numberOf(result['output_tokens']),
  };
}

/** Amounts are cents, as text: '123.45' is $1.2345. */
function dollars({ amount, currency = 'USD' }: JsonObject): number {
  if (currency !== 'USD') throw new ExportError(`amounts in '${String(currency)}' are not compared`);
  return numberOf(amount) / CENTS_PER_DOLLAR;
}
