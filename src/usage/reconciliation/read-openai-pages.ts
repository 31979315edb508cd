import { dayOf } from './day-of.js';
import { numberOf, pagesOf, type JsonObject } from './json-pages.js';
import { ExportError, type ProviderCount } from './provider-count.js';

/**
 * Pages of OpenAI's `GET /v1/organization/usage/completions`, `…/usage/embeddings` (with `group_by=model`) and
 * `…/organization/costs` (with `group_by=line_item`): buckets of a day, an hour or a minute.
 * Source: https://platform.openai.com/docs/api-reference/usage and the types of the `openai` package
 * (resources/admin/organization/usage).
 * @throws ExportError
 */
export function readOpenAiPages(json: unknown): ProviderCount[] {
  return pagesOf(json).flatMap((bucket) =>
    bucket.results.map((result) => countOf(dayOf(bucket['start_time']), result)),
  );
}

function countOf(day: string, result: JsonObject): ProviderCount {
  switch (result['object']) {
    case 'organization.usage.completions.result':
    case 'organization.usage.embeddings.result':
      return {
        day,
        ...modelOf(result['model']),
        requests: numberOf(result['num_model_requests']),
        promptTokens: numberOf(result['input_tokens']), // what was read from or written to a cache included
        cachedTokens: numberOf(result['input_cached_tokens']),
        completionTokens: numberOf(result['output_tokens']),
      };
    case 'organization.costs.result':
      return { day, ...modelOf(lineModel(result['line_item'])), costUsd: dollars(result['amount']) };
    default:
      throw new ExportError(`'${String(result['object'])}' is no result of completions, embeddings or costs`);
  }
}

function modelOf(model: unknown): { model?: string } {
  return typeof model === 'string' && model !== '' ? { model } : {};
}

/** 'gpt-4.1-2025-04-14, cached input': a model, and what of it is paid for. */
function lineModel(lineItem: unknown): unknown {
  return typeof lineItem === 'string' ? lineItem.split(',')[0]!.trim() : undefined;
}

function dollars(amount: unknown): number {
  const { value, currency = 'usd' } = (amount ?? {}) as JsonObject;
  if (String(currency).toLowerCase() !== 'usd')
    throw new ExportError(`amounts in '${String(currency)}' are not compared`);
  return numberOf(value);
}
