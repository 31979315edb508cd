-- Usage: what was asked for, used and charged, a row for each day, account, model, provider and kind of request. Reports read
-- these alone, however many requests there were. Requests that ended are noted in the transaction that ends them, and
-- counted a little later by whoever holds the lock; taking a note away and counting it is one transaction.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
CREATE SCHEMA usage;
SET search_path = usage, pg_temp;
ALTER DEFAULT PRIVILEGES IN SCHEMA usage REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Requests that ended and are not in `day` yet. Nothing but their names: the transaction that charges a user must not fail
-- over what a provider's outcome looks like.
CREATE TABLE ended (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  at         timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0);

CREATE TABLE day (
  account_id        text COLLATE "C" NOT NULL,     -- house:all: everybody together
  day               date NOT NULL,                 -- on which the request ended, UTC
  model             text COLLATE "C" NOT NULL,
  provider          text COLLATE "C" NOT NULL,     -- cache: an answer that was given again
  kind              text COLLATE "C" NOT NULL,     -- chat, completion, embedding, video
  requests          bigint NOT NULL,
  completed         bigint NOT NULL,
  failed            bigint NOT NULL,
  cancelled         bigint NOT NULL,
  estimated         bigint NOT NULL,               -- requests whose tokens are our own count
  prompt_tokens     numeric NOT NULL,
  cached_tokens     numeric NOT NULL,              -- of the prompt's
  cache_write_tokens numeric NOT NULL,             -- of the prompt's
  completion_tokens numeric NOT NULL,
  reasoning_tokens  numeric NOT NULL,              -- of the completion's
  video_seconds     numeric NOT NULL,
  charged           numeric NOT NULL,              -- micro-credits
  shortfall         numeric NOT NULL,              -- micro-credits
  revenue_usd       numeric NOT NULL,              -- what was charged, by the rate of when it was counted
  cost_usd          numeric NOT NULL,              -- what providers charge for it
  lost_usd          numeric NOT NULL,              -- the same for attempts that nobody was charged for
  PRIMARY KEY (account_id, day, model, provider, kind)
) WITH (fillfactor = 70);

-- ---- what a closed hold says -------------------------------------------------------------------
-- Numbers of a JSON text that was written by programs of any version: what is none, or can't be, is 0.
CREATE FUNCTION amount_of(p jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN jsonb_typeof(p) = 'number' THEN least(greatest(p::numeric, 0), 1e15) ELSE 0 END $$;
CREATE FUNCTION amount_of(p text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN p ~ '^[0-9]{1,12}(\.[0-9]{1,30})?$' THEN p::numeric ELSE 0 END $$;

-- What a closed hold counts as: a row, and one more for each of its attempts that was paid for in vain. It reads what
-- completions/answer-end.ts, video/plan/video-terms.ts and ledger.close_one write. OFFSET 0: each level is worked out once.
CREATE FUNCTION facts_of(h ledger.hold, OUT day date, OUT model text, OUT provider text, OUT kind text, OUT requests int, OUT completed int, OUT failed int,
  OUT cancelled int, OUT estimated int, OUT prompt_tokens numeric, OUT cached_tokens numeric, OUT cache_write_tokens numeric, OUT completion_tokens numeric,
  OUT reasoning_tokens numeric, OUT video_seconds numeric, OUT charged bigint, OUT shortfall bigint, OUT cost_usd numeric, OUT lost_usd numeric)
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
  SELECT n.*, trunc(usage.amount_of(n.usage->'inputTokens')) AS prompt, trunc(usage.amount_of(n.usage->'cachedInputTokens')) AS cached,
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
       0::numeric
FROM counted c
UNION ALL
SELECT w.day, left(coalesce(a->>'model', ''), 128), left(coalesce(a->>'provider', ''), 64), w.kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, usage.amount_of(a->'lostUsd')
FROM whole w, jsonb_array_elements(CASE WHEN jsonb_typeof(w.o->'attempts') = 'array' THEN w.o->'attempts' ELSE '[]' END) a
WHERE a ? 'lostUsd' $$;

-- ---- noting and counting -----------------------------------------------------------------------
CREATE FUNCTION note_ended() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = usage, pg_temp AS $$
BEGIN
  INSERT INTO ended (account_id, request_id, at) SELECT c.account_id, c.request_id, c.closed_at FROM closed c WHERE c.status <> 'pending';
  RETURN NULL;
END $$;
CREATE TRIGGER hold_counted AFTER UPDATE ON ledger.hold REFERENCING NEW TABLE AS closed FOR EACH STATEMENT EXECUTE FUNCTION note_ended();
-- CREATE TRIGGER locks the table until this migration is committed, so no hold is closed between these two.
INSERT INTO ended (account_id, request_id, at) SELECT account_id, request_id, closed_at FROM ledger.hold WHERE status <> 'pending' ORDER BY closed_at;

-- Counts up to p_limit noted requests, the oldest first. Whatever becomes of the process or the server, each is counted once.
-- @returns how many; NULL: somebody else is at it
CREATE FUNCTION roll_up(p_limit int, p_credits_per_usd numeric) RETURNS int
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
           sum(f.charged), sum(f.shortfall), sum(f.charged) * 0.000001 / p_credits_per_usd, sum(f.cost_usd), sum(f.lost_usd)
    FROM taken t JOIN ledger.hold h ON h.account_id = t.account_id AND h.request_id = t.request_id CROSS JOIN LATERAL facts_of(h) f
    GROUP BY GROUPING SETS ((t.account_id, f.day, f.model, f.provider, f.kind), (f.day, f.model, f.provider, f.kind))
    ON CONFLICT (account_id, day, model, provider, kind) DO UPDATE SET
      requests = d.requests + excluded.requests, completed = d.completed + excluded.completed, failed = d.failed + excluded.failed,
      cancelled = d.cancelled + excluded.cancelled, estimated = d.estimated + excluded.estimated,
      prompt_tokens = d.prompt_tokens + excluded.prompt_tokens, cached_tokens = d.cached_tokens + excluded.cached_tokens,
      cache_write_tokens = d.cache_write_tokens + excluded.cache_write_tokens, completion_tokens = d.completion_tokens + excluded.completion_tokens,
      reasoning_tokens = d.reasoning_tokens + excluded.reasoning_tokens, video_seconds = d.video_seconds + excluded.video_seconds,
      charged = d.charged + excluded.charged, shortfall = d.shortfall + excluded.shortfall, revenue_usd = d.revenue_usd + excluded.revenue_usd,
      cost_usd = d.cost_usd + excluded.cost_usd, lost_usd = d.lost_usd + excluded.lost_usd
  )
  SELECT count(*) INTO n FROM taken;
  RETURN n;
END $$;

REVOKE ALL ON SCHEMA usage FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA usage FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA usage FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT USAGE ON SCHEMA usage TO gateway_app;
  GRANT SELECT ON day, ended TO gateway_app;
  GRANT EXECUTE ON FUNCTION roll_up TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
