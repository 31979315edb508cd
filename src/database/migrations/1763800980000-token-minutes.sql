-- Tokens of a minute. An answer counts in the minute in which it ends, also one that outlasts the minute of its prompt; what
-- was counted in one minute is never given back to another. A minute began before whatever was held in it: the two tell
-- that apart by their times, which are taken under the account's lock.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = access, pg_temp;

-- What an answer took: beyond the prompt that this minute counted when it was held, or by itself where another one did (its
-- minute begins, if there is none); all of it where nothing was counted: steps of workflows are not limited.
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
             ELSE count_of(c.outcome->'usage'->'inputTokens') - count_of(c.terms->'promptTokens') END) AS tokens
    FROM closed c CROSS JOIN LATERAL (   -- OFFSET: one look-up for each that is closed, however many minutes there are
      SELECT o.account_id, o.began_at, o.began_at <= clock_timestamp() - interval '1 minute' AS is_over
      FROM minute o WHERE o.account_id = c.account_id OFFSET 0) k
    WHERE c.status <> 'pending' GROUP BY k.account_id, k.is_over) t
  WHERE m.account_id = t.account_id AND t.tokens <> 0;
  RETURN NULL;
END $$;

DROP FUNCTION note_request(user_limit, bigint);
-- Counts a request that was held after `p_at`; what is left of its minute: {requests?, tokens?: {limit, remaining}, resetMs}; NULL: no such limit.
CREATE FUNCTION note_request(l user_limit, p_tokens bigint, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql SET search_path = access, pg_temp AS $$
DECLARE v minute;
BEGIN
  IF l.requests_per_minute IS NULL AND l.tokens_per_minute IS NULL THEN RETURN NULL; END IF;
  INSERT INTO minute AS m (account_id, began_at, requests, tokens) VALUES (l.account_id, p_at, 1, p_tokens)
  ON CONFLICT (account_id) DO UPDATE SET
    began_at = CASE WHEN m.began_at > clock_timestamp() - interval '1 minute' THEN m.began_at ELSE p_at END,
    requests = CASE WHEN m.began_at > clock_timestamp() - interval '1 minute' THEN m.requests ELSE 0 END + 1,
    tokens   = CASE WHEN m.began_at > clock_timestamp() - interval '1 minute' THEN m.tokens ELSE 0 END + p_tokens
  RETURNING * INTO v;
  RETURN jsonb_strip_nulls(jsonb_build_object('resetMs', ms_until(v.began_at + interval '1 minute'),
    'requests', CASE WHEN l.requests_per_minute IS NOT NULL THEN jsonb_build_object('limit', l.requests_per_minute, 'remaining', greatest(0, l.requests_per_minute - v.requests)) END,
    'tokens', CASE WHEN l.tokens_per_minute IS NOT NULL THEN jsonb_build_object('limit', l.tokens_per_minute, 'remaining', greatest(0, l.tokens_per_minute - v.tokens)) END));
END $$;

-- As ledger.hold_batch, and: limited (quota: the limit that it would exceed) | revoked. An id that is known already is not
-- limited: it asks for nothing new. `quota` of what was held: what is left of the minute, where that is limited.
-- p_limits: the role's limits as JSON, or NULL; p_token: 'token:<jti>', or NULL.
CREATE OR REPLACE FUNCTION hold_batch(p_node text, p_account text[], p_request text[], p_fp text[], p_amount bigint[], p_ttl_ms int[], p_terms text[],
  p_limits text[], p_token text[])
RETURNS TABLE (i int, result text, status text, amount bigint, charged bigint, available bigint, owner text, quota jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = access, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE o record; h record; v_limit user_limit; v_tokens bigint; v_full jsonb := '{}'; v_locked text[]; v_at timestamptz;
BEGIN
  IF NOT EXISTS (SELECT FROM unnest(p_limits) l WHERE l IS NOT NULL)
     AND NOT EXISTS (SELECT FROM user_limit u WHERE u.account_id = ANY (p_account))
     AND NOT EXISTS (SELECT FROM revocation r WHERE r.name = ANY (p_account || p_token)) THEN
    RETURN QUERY SELECT b.i, b.result, b.status, b.amount, b.charged, b.available, b.owner, NULL::jsonb
      FROM ledger.hold_batch(p_node, p_account, p_request, p_fp, p_amount, p_ttl_ms, p_terms) b;
    RETURN;
  END IF;
  PERFORM set_config('synchronous_commit', 'on', true);
  SELECT array_agg(l.id) INTO v_locked FROM (SELECT a.id FROM ledger.account a WHERE a.id = ANY (p_account) ORDER BY a.id FOR NO KEY UPDATE) l;
  FOR o IN SELECT * FROM unnest(p_account, p_request, p_fp, p_amount, p_ttl_ms, p_terms, p_limits, p_token)
    WITH ORDINALITY u(account, request, fp, amount, ttl_ms, terms, limits, token, n) ORDER BY u.n
  LOOP
    i := o.n; result := NULL; status := NULL; amount := NULL; charged := NULL; available := NULL; owner := NULL; quota := NULL;
    IF NOT EXISTS (SELECT FROM ledger.hold k WHERE k.account_id = o.account AND k.request_id = o.request) THEN
      IF EXISTS (SELECT FROM revocation r WHERE r.name IN (o.account, o.token)) THEN
        result := 'revoked';
      ELSE
        quota := v_full->(o.account || coalesce(o.limits, ''));
        IF quota IS NULL THEN
          v_limit := limits_of(o.account, o.limits::jsonb);
          v_tokens := count_of((ledger.clean_json(ARRAY[o.terms]))[1]->'promptTokens');
          quota := exceeded(v_limit, p_node, o.amount, v_tokens);
          -- nothing ends while this batch is looked at: who has reached a number stays there, however many come behind
          IF quota->>'limit' IN ('requestsPerMinute', 'concurrentStreams') THEN
            v_full := v_full || jsonb_build_object(o.account || coalesce(o.limits, ''), quota);
          END IF;
        END IF;
        IF quota IS NOT NULL THEN result := 'limited'; END IF;
      END IF;
    END IF;
    -- an account that came to be since then was looked at without its lock: whoever asks again, as for any new account, has it
    IF result IS NULL AND NOT coalesce(o.account = ANY (v_locked), false) THEN
      result := 'no_account';
    END IF;
    IF result IS NULL THEN
      v_at := clock_timestamp();
      SELECT * INTO h FROM ledger.hold_batch(p_node, ARRAY[o.account], ARRAY[o.request], ARRAY[o.fp], ARRAY[o.amount], ARRAY[o.ttl_ms], ARRAY[o.terms]);
      result := h.result; status := h.status; amount := h.amount; charged := h.charged; available := h.available; owner := h.owner;
      IF result = 'held' THEN quota := note_request(v_limit, v_tokens, v_at); END IF;
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION note_request(user_limit, bigint, timestamptz) FROM PUBLIC;
RESET ROLE;
RESET search_path;
