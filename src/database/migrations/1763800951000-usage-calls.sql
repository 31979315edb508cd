-- What providers count, beside what users are charged for: to be compared with what they report. Calls that were answered,
-- and the tokens of answers that broke off and that nobody was charged for.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = usage, pg_temp;
LOCK TABLE ledger.hold IN SHARE ROW EXCLUSIVE MODE;  -- nothing is closed until this is committed

ALTER TABLE day
  ADD COLUMN IF NOT EXISTS calls bigint NOT NULL DEFAULT 0,                    -- of a model, that were answered
  ADD COLUMN IF NOT EXISTS lost_prompt_tokens numeric NOT NULL DEFAULT 0,      -- of attempts that nobody was charged for
  ADD COLUMN IF NOT EXISTS lost_completion_tokens numeric NOT NULL DEFAULT 0;

DROP FUNCTION IF EXISTS facts_of(ledger.hold);
-- What a closed hold counts as: a row, and one more for each of its attempts that was paid for in vain. It reads what
-- completions/answer-end.ts, video/plan/video-terms.ts and ledger.close_one write. OFFSET 0: each level is worked out once.
CREATE FUNCTION facts_of(h ledger.hold, OUT day date, OUT model text, OUT provider text, OUT kind text, OUT requests int, OUT completed int, OUT failed int,
  OUT cancelled int, OUT estimated int, OUT prompt_tokens numeric, OUT cached_tokens numeric, OUT cache_write_tokens numeric, OUT completion_tokens numeric,
  OUT reasoning_tokens numeric, OUT video_seconds numeric, OUT charged bigint, OUT shortfall bigint, OUT cost_usd numeric, OUT lost_usd numeric,
  OUT calls int, OUT lost_prompt_tokens numeric, OUT lost_completion_tokens numeric)
RETURNS SETOF record LANGUAGE sql STABLE AS $$
WITH whole AS NOT MATERIALIZED (
  SELECT (h.closed_at AT TIME ZONE 'UTC')::date AS day, left(coalesce(h.terms->>'type', 'unknown'), 16) AS kind, h.terms AS terms,
         coalesce(h.outcome, '{}') AS o
), named AS NOT MATERIALIZED (
  SELECT w.*, w.o->'usage' AS usage, w.kind = 'video' AS is_video,
         CASE WHEN jsonb_typeof(w.o->'price') = 'object' THEN w.o->'price' ELSE w.terms->'price' END AS price,
         left(coalesce(nullif(w.o->>'model', ''), w.terms->>'model', ''), 128) AS model,
         -- 'auto', where nobody answered, is no provider's name: the first choice stands for it
         CASE WHEN w.o->'cached' = 'true' OR w.terms->'cached' = 'true' THEN 'cache'
              ELSE left(coalesce(nullif(nullif(w.o->>'provider', ''), 'auto'), w.terms->>'provider', ''), 64) END AS provider,
         CASE WHEN w.o->>'finishReason' = 'cancelled' OR w.o->>'error' = 'CANCELLED' THEN 'cancelled'
              WHEN w.o->>'error' IS NULL AND coalesce(w.o->>'finishReason', 'error') NOT IN ('error', 'failed', 'node_lost') THEN 'completed'
              ELSE 'failed' END AS ending
  FROM whole w OFFSET 0
), counted AS NOT MATERIALIZED (
  SELECT n.*, CASE WHEN n.is_video THEN n.ending = 'completed'
              ELSE coalesce(jsonb_typeof(n.o->'price') = 'object' OR n.o->>'usageSource' = 'reaper' AND usage.amount_of(n.usage->'inputTokens') > 0, false) END AS has_answered,
         trunc(usage.amount_of(n.usage->'inputTokens')) AS prompt, trunc(usage.amount_of(n.usage->'cachedInputTokens')) AS cached,
         trunc(usage.amount_of(n.usage->'cacheWriteTokens')) AS written, trunc(usage.amount_of(n.usage->'cacheWriteHourTokens')) AS written_for_hour,
         trunc(usage.amount_of(n.usage->'outputTokens')) AS completion, trunc(usage.amount_of(n.usage->'reasoningTokens')) AS reasoning,
         CASE WHEN n.is_video THEN usage.amount_of(n.o->'seconds') ELSE 0 END AS seconds,
         usage.amount_of(n.price->'inputUsdPerMtok') AS input_usd
  FROM named n OFFSET 0
)
SELECT c.day, c.model, c.provider, c.kind, 1, (c.ending = 'completed')::int, (c.ending = 'failed')::int, (c.ending = 'cancelled')::int,
       (coalesce(c.o->>'usageSource', '') IN ('estimated', 'reaper') AND c.prompt + c.completion > 0)::int,
       c.prompt, c.cached, c.written, c.completion, c.reasoning, c.seconds, h.charged, h.shortfall,
       CASE WHEN NOT c.is_video THEN 0.000001 * (
              greatest(c.prompt - c.cached - c.written, 0) * c.input_usd
              + c.cached * CASE WHEN c.price ? 'cachedInputUsdPerMtok' THEN usage.amount_of(c.price->'cachedInputUsdPerMtok') ELSE c.input_usd END
              + greatest(c.written - c.written_for_hour, 0) * CASE WHEN c.price ? 'cacheWriteUsdPerMtok' THEN usage.amount_of(c.price->'cacheWriteUsdPerMtok') ELSE c.input_usd END
              + least(c.written, c.written_for_hour) * CASE WHEN c.price ? 'cacheWriteHourUsdPerMtok' THEN usage.amount_of(c.price->'cacheWriteHourUsdPerMtok') ELSE c.input_usd END
              + c.completion * usage.amount_of(c.price->'outputUsdPerMtok'))
            WHEN c.o ? 'providerCostUsd' THEN usage.amount_of(c.o->>'providerCostUsd')
            WHEN c.ending = 'completed' THEN usage.amount_of(c.price->>'usdPerSecond') * c.seconds
            ELSE 0 END,
       0::numeric, (c.has_answered AND c.provider <> 'cache')::int, 0::numeric, 0::numeric
FROM counted c
UNION ALL
SELECT w.day, left(coalesce(a->>'model', ''), 128), left(coalesce(a->>'provider', ''), 64), w.kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
       usage.amount_of(a->'lost'->'usd'), 1, trunc(usage.amount_of(a->'lost'->'promptTokens')), trunc(usage.amount_of(a->'lost'->'completionTokens'))
FROM whole w, jsonb_array_elements(CASE WHEN jsonb_typeof(w.o->'attempts') = 'array' THEN w.o->'attempts' ELSE '[]' END) a
WHERE a ? 'lost' $$;

-- Counts up to p_limit noted requests, the oldest first. Whatever becomes of the process or the server, each is counted once.
-- @returns how many; NULL: somebody else is at it
CREATE OR REPLACE FUNCTION roll_up(p_limit int, p_credits_per_usd numeric) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = usage, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE n int;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('usage.roll_up', 0)) THEN RETURN NULL; END IF;
  PERFORM set_config('synchronous_commit', 'off', true);       -- what a crash takes back was neither taken away nor counted
  WITH taken AS (
    DELETE FROM ended WHERE id = ANY (ARRAY(SELECT e.id FROM ended e ORDER BY e.id LIMIT p_limit)) RETURNING account_id, request_id
  ), counted AS (
    INSERT INTO day AS d
    SELECT coalesce(t.account_id, 'house:all'), f.day, f.model, f.provider, f.kind, sum(f.requests), sum(f.completed), sum(f.failed), sum(f.cancelled), sum(f.estimated),
           sum(f.prompt_tokens), sum(f.cached_tokens), sum(f.cache_write_tokens), sum(f.completion_tokens), sum(f.reasoning_tokens), sum(f.video_seconds),
           sum(f.charged), sum(f.shortfall), sum(f.charged) * 0.000001 / p_credits_per_usd, sum(f.cost_usd), sum(f.lost_usd),
           sum(f.calls), sum(f.lost_prompt_tokens), sum(f.lost_completion_tokens)
    FROM taken t JOIN ledger.hold h ON h.account_id = t.account_id AND h.request_id = t.request_id CROSS JOIN LATERAL facts_of(h) f
    GROUP BY GROUPING SETS ((t.account_id, f.day, f.model, f.provider, f.kind), (f.day, f.model, f.provider, f.kind))
    ON CONFLICT (account_id, day, model, provider, kind) DO UPDATE SET
      requests = d.requests + excluded.requests, completed = d.completed + excluded.completed, failed = d.failed + excluded.failed,
      cancelled = d.cancelled + excluded.cancelled, estimated = d.estimated + excluded.estimated,
      prompt_tokens = d.prompt_tokens + excluded.prompt_tokens, cached_tokens = d.cached_tokens + excluded.cached_tokens,
      cache_write_tokens = d.cache_write_tokens + excluded.cache_write_tokens, completion_tokens = d.completion_tokens + excluded.completion_tokens,
      reasoning_tokens = d.reasoning_tokens + excluded.reasoning_tokens, video_seconds = d.video_seconds + excluded.video_seconds,
      charged = d.charged + excluded.charged, shortfall = d.shortfall + excluded.shortfall, revenue_usd = d.revenue_usd + excluded.revenue_usd,
      cost_usd = d.cost_usd + excluded.cost_usd, lost_usd = d.lost_usd + excluded.lost_usd, calls = d.calls + excluded.calls,
      lost_prompt_tokens = d.lost_prompt_tokens + excluded.lost_prompt_tokens,
      lost_completion_tokens = d.lost_completion_tokens + excluded.lost_completion_tokens
  )
  SELECT count(*) INTO n FROM taken;
  RETURN n;
END $$;

-- everything is counted anew, by what is known now
TRUNCATE day, ended;
INSERT INTO ended (account_id, request_id, at) SELECT account_id, request_id, closed_at FROM ledger.hold WHERE status <> 'pending' ORDER BY closed_at;
REVOKE ALL ON FUNCTION facts_of FROM PUBLIC;
RESET ROLE;
RESET search_path;
