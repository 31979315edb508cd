import type { Grouping } from './usage-figures.js';

/** A page by each grouping; `everyUser` is that by user of everybody's usage. */
export type PageName = Grouping | 'everyUser';

/** Of rows of usage.day. */
const SUMS = `
  coalesce(sum(requests), 0)::bigint AS "requests", coalesce(sum(completed), 0)::bigint AS "completed",
  coalesce(sum(failed), 0)::bigint AS "failed", coalesce(sum(cancelled), 0)::bigint AS "cancelled",
  coalesce(sum(estimated), 0)::bigint AS "estimated",
  coalesce(sum(prompt_tokens), 0)::bigint AS "promptTokens", coalesce(sum(cached_tokens), 0)::bigint AS "cachedTokens",
  coalesce(sum(cache_write_tokens), 0)::bigint AS "cacheWriteTokens",
  coalesce(sum(completion_tokens), 0)::bigint AS "completionTokens",
  coalesce(sum(reasoning_tokens), 0)::bigint AS "reasoningTokens",
  coalesce(sum(charged), 0)::bigint AS "charged", coalesce(sum(shortfall), 0)::bigint AS "shortfall",
  coalesce(sum(requests) FILTER (WHERE kind = 'video'), 0)::bigint AS "videoRequests",
  coalesce(sum(completed) FILTER (WHERE kind = 'video'), 0)::bigint AS "videosCompleted",
  (coalesce(sum(video_seconds), 0) * 1000000)::bigint AS "videoMicroseconds",
  coalesce(sum(charged) FILTER (WHERE kind = 'video'), 0)::bigint AS "videoCharged",
  (coalesce(sum(revenue_usd), 0) * 1000000)::bigint AS "revenueMicroUsd",
  (coalesce(sum(cost_usd), 0) * 1000000)::bigint AS "costMicroUsd",
  (coalesce(sum(lost_usd), 0) * 1000000)::bigint AS "lostMicroUsd"`;

/** Of one account, between two days. */
const WHOLE = 'whole AS (SELECT * FROM usage.day WHERE account_id = $1 AND day >= $2::date AND day < $3::date)';

/** Rows, then the total with where the next page begins and up to when everything is counted. Parameters as in `page`. */
function page(sources: string, rows: string, next: string): string {
  return `WITH RECURSIVE ${WHOLE}, ${sources}
    SELECT 'row' AS part, r.*, NULL AS next, NULL::timestamptz AS "asOf" FROM (${rows}) r
    UNION ALL
    SELECT 'total', NULL, t.*, (${next}),
      coalesce((SELECT at FROM usage.ended ORDER BY id LIMIT 1), statement_timestamp())
    FROM (SELECT ${SUMS} FROM whole) t
    ORDER BY part, key`;
}

/** One row more than wanted tells whether there is a next page. */
function pageOfKeys(key: string): string {
  const keyed = `keyed AS (SELECT ${key} AS key, ${SUMS} FROM whole GROUP BY 1 HAVING ${key} > $4 ORDER BY 1 LIMIT $5::int + 1)`;
  const rows = 'SELECT * FROM keyed ORDER BY key LIMIT $5::int';
  const next =
    'SELECT max(key) FROM (SELECT key FROM keyed ORDER BY key LIMIT $5::int) k HAVING (SELECT count(*) FROM keyed) > $5::int';
  return page(keyed, rows, next);
}

/**
 * The next $5 users that there are, by jumps through the index from one to the next; of each, its days alone. So a page takes
 * the same however many users there are, and however many days each has.
 */
const FOLLOWING = (account: string) =>
  `(SELECT d.account_id FROM usage.day d WHERE d.account_id > ${account} AND d.account_id < 'user;' ORDER BY 1 LIMIT 1)`;
const PAGE_OF_USERS = page(
  `account AS (
    SELECT ${FOLLOWING("('user:' || $4)")} AS id, 1 AS number
    UNION ALL
    SELECT ${FOLLOWING('a.id')}, a.number + 1 FROM account a WHERE a.id IS NOT NULL AND a.number < $5::int
  )`,
  `SELECT substr(a.id, 6) AS key, s.* FROM account a CROSS JOIN LATERAL (
    SELECT ${SUMS} FROM usage.day d WHERE d.account_id = a.id AND d.day >= $2::date AND d.day < $3::date HAVING count(*) > 0
  ) s WHERE a.id IS NOT NULL`,
  'SELECT substr(a.id, 6) FROM account a WHERE a.number = $5::int',
);

/** The statements. $1 the account, $2 the first day, $3 the day after the last, $4 the key to begin behind, $5 the limit. */
export const PAGES: Readonly<Record<PageName, string>> = {
  day: pageOfKeys(`to_char(day, 'YYYY-MM-DD')`),
  model: pageOfKeys('model'),
  provider: pageOfKeys('provider'),
  user: pageOfKeys('substr(account_id, 6)'),
  everyUser: PAGE_OF_USERS,
};
