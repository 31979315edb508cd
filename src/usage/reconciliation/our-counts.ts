import type { LedgerPool } from '../../database/ledger-pool.js';
import type { ReportPeriod } from '../report/report-period.js';
import type { ProviderCount } from './provider-count.js';

interface Row extends Record<
  'requests' | 'promptTokens' | 'cachedTokens' | 'completionTokens' | 'costMicroUsd',
  bigint
> {
  day: string;
  model: string;
}

/** What a provider should have counted: attempts that nobody was charged for are in it. */
const COUNTS = `SELECT to_char(day, 'YYYY-MM-DD') AS day, model, sum(calls)::bigint AS requests,
    sum(prompt_tokens + lost_prompt_tokens)::bigint AS "promptTokens", sum(cached_tokens)::bigint AS "cachedTokens",
    sum(completion_tokens + lost_completion_tokens)::bigint AS "completionTokens",
    (sum(cost_usd + lost_usd) * 1000000)::bigint AS "costMicroUsd"
  FROM usage.day WHERE account_id = 'house:all' AND provider = $1 AND day >= $2::date AND day < $3::date
  GROUP BY 1, 2 HAVING sum(calls) > 0 ORDER BY 1, 2`;

/** What we counted at a provider, by day and model. */
export async function ourCounts(
  pool: LedgerPool,
  provider: string,
  { from, to }: ReportPeriod,
): Promise<ProviderCount[]> {
  const rows = await pool.query<Row>('usage_at_provider', COUNTS, [provider, from, to]);
  return rows.map(({ day, model, requests, promptTokens, cachedTokens, completionTokens, costMicroUsd }) => ({
    day,
    model,
    requests: Number(requests),
    promptTokens: Number(promptTokens),
    cachedTokens: Number(cachedTokens),
    completionTokens: Number(completionTokens),
    costUsd: Number(costMicroUsd) / 1e6,
  }));
}
