-- Limits of accounts that come to be while they are looked at. Whoever is new holds nothing until the account is there, and
-- asks again then; before, several requests of a new user at once could each find room where there was none left.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = access, pg_temp;

-- As ledger.hold_batch, and: limited (quota: the limit that it would exceed) | revoked. An id that is known already is not
-- limited: it asks for nothing new. `quota` of what was held: what is left of the minute, where that is limited.
-- p_limits: the role's limits as JSON, or NULL; p_token: 'token:<jti>', or NULL.
CREATE OR REPLACE FUNCTION hold_batch(p_node text, p_account text[], p_request text[], p_fp text[], p_amount bigint[], p_ttl_ms int[], p_terms text[],
  p_limits text[], p_token text[])
RETURNS TABLE (i int, result text, status text, amount bigint, charged bigint, available bigint, owner text, quota jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = access, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE o record; h record; v_limit user_limit; v_tokens bigint; v_full jsonb := '{}'; v_locked text[];
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
      SELECT * INTO h FROM ledger.hold_batch(p_node, ARRAY[o.account], ARRAY[o.request], ARRAY[o.fp], ARRAY[o.amount], ARRAY[o.ttl_ms], ARRAY[o.terms]);
      result := h.result; status := h.status; amount := h.amount; charged := h.charged; available := h.available; owner := h.owner;
      IF result = 'held' THEN quota := note_request(v_limit, v_tokens); END IF;
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;
RESET ROLE;
RESET search_path;
