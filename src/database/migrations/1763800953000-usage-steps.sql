-- A video of two steps is charged, and paid for, at two providers.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = usage, pg_temp;

-- What a closed hold counts as: a row; one more for each of its attempts that was paid for in vain; and where it was a video
-- of two steps, one for each of them, which has what that was charged and cost. It reads what completions/answer-end.ts,
-- video/plan/video-terms.ts and ledger.close_one write. OFFSET 0: each level is worked out once.
CREATE OR REPLACE FUNCTION facts_of(h ledger.hold, OUT day date, OUT model text, OUT provider text, OUT kind text, OUT requests int, OUT completed int, OUT failed int,
  OUT cancelled int, OUT estimated int, OUT prompt_tokens numeric, OUT cached_tokens numeric, OUT cache_write_tokens numeric, OUT completion_tokens numeric,
  OUT reasoning_tokens numeric, OUT video_seconds numeric, OUT charged bigint, OUT shortfall bigint, OUT cost_usd numeric, OUT lost_usd numeric,
  OUT calls int, OUT lost_prompt_tokens numeric, OUT lost_completion_tokens numeric)
RETURNS SETOF record LANGUAGE sql STABLE AS $$
WITH whole AS NOT MATERIALIZED (
  SELECT (h.closed_at AT TIME ZONE 'UTC')::date AS day, left(coalesce(h.terms->>'type', 'unknown'), 16) AS kind, h.terms AS terms,
         coalesce(h.outcome, '{}') AS o
), step AS NOT MATERIALIZED (
  SELECT s AS o, usage.amount_of(s->'seconds') > 0 AS is_made, 
         CASE WHEN s->>'charge' ~ '^[0-9]{1,15}$' THEN (s->>'charge')::bigint ELSE 0 END AS charged
  FROM whole w, jsonb_array_elements(CASE WHEN jsonb_typeof(w.o->'steps') = 'array' THEN w.o->'steps' ELSE '[]' END) s
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
       c.prompt, c.cached, c.written, c.completion, c.reasoning, c.seconds, h.charged - (SELECT coalesce(sum(s.charged), 0) FROM step s)::bigint, h.shortfall,
       CASE WHEN NOT c.is_video THEN 0.000001 * (
              greatest(c.prompt - c.cached - c.written, 0) * c.input_usd
              + c.cached * CASE WHEN c.price ? 'cachedInputUsdPerMtok' THEN usage.amount_of(c.price->'cachedInputUsdPerMtok') ELSE c.input_usd END
              + greatest(c.written - c.written_for_hour, 0) * CASE WHEN c.price ? 'cacheWriteUsdPerMtok' THEN usage.amount_of(c.price->'cacheWriteUsdPerMtok') ELSE c.input_usd END
              + least(c.written, c.written_for_hour) * CASE WHEN c.price ? 'cacheWriteHourUsdPerMtok' THEN usage.amount_of(c.price->'cacheWriteHourUsdPerMtok') ELSE c.input_usd END
              + c.completion * usage.amount_of(c.price->'outputUsdPerMtok'))
            WHEN c.o ? 'steps' THEN 0
            WHEN c.o ? 'providerCostUsd' THEN usage.amount_of(c.o->>'providerCostUsd')
            WHEN c.ending = 'completed' THEN usage.listed_cost(c.price, c.o)
            ELSE 0 END,
       0::numeric, (c.has_answered AND c.provider <> 'cache' AND NOT c.o ? 'steps')::int, 0::numeric, 0::numeric
FROM counted c
UNION ALL
SELECT w.day, left(coalesce(s.o->>'model', ''), 128), left(coalesce(s.o->>'provider', ''), 64), w.kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, s.charged, 0,
       CASE WHEN s.o ? 'providerCostUsd' THEN usage.amount_of(s.o->>'providerCostUsd') WHEN s.is_made THEN usage.listed_cost(s.o->'price', s.o) ELSE 0 END,
       0, s.is_made::int, 0, 0
FROM whole w, step s
UNION ALL
SELECT w.day, left(coalesce(a->>'model', ''), 128), left(coalesce(a->>'provider', ''), 64), w.kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
       usage.amount_of(a->'lost'->'usd'), 1, trunc(usage.amount_of(a->'lost'->'promptTokens')), trunc(usage.amount_of(a->'lost'->'completionTokens'))
FROM whole w, jsonb_array_elements(CASE WHEN jsonb_typeof(w.o->'attempts') = 'array' THEN w.o->'attempts' ELSE '[]' END) a
WHERE a ? 'lost' $$;
RESET ROLE;
RESET search_path;
