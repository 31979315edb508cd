-- The prompt of a request that its user cancels stays counted in its minute: it may have gone to a provider. It was given back
-- where nothing had been answered yet, so that who cancelled in time could send any number of tokens a minute.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = access, pg_temp;

-- What an answer took: beyond the prompt that this minute counted when it was held (of which only what failed gives back what
-- it did not use), or by itself where another minute did (its own begins, if there is none); all of it where nothing was
-- counted: steps of workflows are not limited.
CREATE OR REPLACE FUNCTION note_tokens() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = access, pg_temp AS $$
BEGIN
  UPDATE minute m SET
    began_at = CASE WHEN t.is_over THEN clock_timestamp() ELSE m.began_at END,
    requests = CASE WHEN t.is_over THEN 0 ELSE m.requests END,
    tokens   = greatest(0, CASE WHEN t.is_over THEN 0 ELSE m.tokens END + t.tokens)
  FROM (
    SELECT k.account_id, k.is_over, sum(count_of(c.outcome->'usage'->'outputTokens')
      + CASE WHEN c.node_id = 'videos' THEN count_of(c.outcome->'usage'->'inputTokens')
             WHEN k.is_over OR c.created_at < k.began_at THEN 0
             WHEN c.outcome->>'error' = 'CANCELLED' THEN greatest(0, count_of(c.outcome->'usage'->'inputTokens') - count_of(c.terms->'promptTokens'))
             ELSE count_of(c.outcome->'usage'->'inputTokens') - count_of(c.terms->'promptTokens') END) AS tokens
    FROM closed c CROSS JOIN LATERAL (   -- OFFSET: one look-up for each that is closed, however many minutes there are
      SELECT o.account_id, o.began_at, o.began_at <= clock_timestamp() - interval '1 minute' AS is_over
      FROM minute o WHERE o.account_id = c.account_id OFFSET 0) k
    WHERE c.status <> 'pending' GROUP BY k.account_id, k.is_over) t
  WHERE m.account_id = t.account_id AND t.tokens <> 0;
  RETURN NULL;
END $$;

RESET ROLE;
RESET search_path;
