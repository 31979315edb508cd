-- Access: who may ask, and how much. Looked at in the transaction that holds the credits, under the account's lock: limits
-- are exact over any number of nodes, a refused request uses nothing up, and what an administrator says holds from the
-- next request on. Accounts without a limit cost three look-ups a batch.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
CREATE SCHEMA access;
SET search_path = access, pg_temp;
ALTER DEFAULT PRIVILEGES IN SCHEMA access REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- A user's own limits; NULL: the role's. Amounts are micro-credits.
CREATE TABLE user_limit (
  account_id          text COLLATE "C" PRIMARY KEY CHECK (account_id LIKE 'user:_%' AND octet_length(account_id) <= 134),
  requests_per_minute int    CHECK (requests_per_minute >= 0),
  tokens_per_minute   int    CHECK (tokens_per_minute >= 0),
  concurrent_streams  int    CHECK (concurrent_streams >= 0),
  credits_per_day     bigint CHECK (credits_per_day BETWEEN 0 AND 999999999999999),
  credits_per_month   bigint CHECK (credits_per_month BETWEEN 0 AND 999999999999999),
  videos_per_day      int    CHECK (videos_per_day >= 0),
  updated_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Who is shut out: an account ('user:<sub>') until it is let in again, or a token ('token:<jti>') until it expires.
CREATE TABLE revocation (
  name       text COLLATE "C" PRIMARY KEY CHECK (name ~ '^(user|token):.' AND octet_length(name) <= 300),
  reason     text,
  revoked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL DEFAULT 'infinity'   -- from then on the token is refused anyhow
);
CREATE INDEX revocation_recent ON revocation (revoked_at);

-- What a limited account has used since its current minute began. Lost with a crash of the database: a minute's worth.
CREATE UNLOGGED TABLE minute (
  account_id text COLLATE "C" PRIMARY KEY,
  began_at   timestamptz NOT NULL,
  requests   int NOT NULL,
  tokens     bigint NOT NULL
) WITH (fillfactor = 50);

-- What an account was charged on a day (UTC): the sum of its entries, kept with them.
CREATE TABLE spent (
  account_id text COLLATE "C" NOT NULL,
  day        date NOT NULL,
  charged    bigint NOT NULL,
  PRIMARY KEY (account_id, day)
) WITH (fillfactor = 50);
CREATE FUNCTION today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date $$;
INSERT INTO spent (account_id, day, charged)
  SELECT e.account_id, (e.created_at AT TIME ZONE 'UTC')::date, sum(e.amount) FROM ledger.entry e WHERE e.kind = 'charge' GROUP BY 1, 2;

CREATE FUNCTION note_charges() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = access, pg_temp AS $$
BEGIN
  INSERT INTO spent AS s (account_id, day, charged)
  SELECT a.account_id, (a.created_at AT TIME ZONE 'UTC')::date, sum(a.amount) FROM added a WHERE a.kind = 'charge' GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (account_id, day) DO UPDATE SET charged = s.charged + excluded.charged;
  RETURN NULL;
END $$;
CREATE TRIGGER entry_spent AFTER INSERT ON ledger.entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION note_charges();

-- A count that a program wrote into terms or outcome; whatever else is there counts nothing, and never hinders a charge.
CREATE FUNCTION count_of(j jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN jsonb_typeof(j) = 'number' THEN CASE WHEN j::numeric BETWEEN 0 AND 1e12 THEN j::bigint ELSE 0 END ELSE 0 END $$;

-- What an answer took beyond the prompt that was counted when it was held.
CREATE FUNCTION note_tokens() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = access, pg_temp AS $$
BEGIN
  UPDATE minute m SET tokens = greatest(0, m.tokens + t.tokens) FROM (
    SELECT c.account_id, sum(count_of(c.outcome->'usage'->'inputTokens') + count_of(c.outcome->'usage'->'outputTokens')
      - count_of(c.terms->'promptTokens')) AS tokens
    FROM closed c WHERE c.status <> 'pending' GROUP BY c.account_id) t
  WHERE m.account_id = t.account_id AND m.began_at > clock_timestamp() - interval '1 minute';
  RETURN NULL;
END $$;
CREATE TRIGGER hold_tokens AFTER UPDATE ON ledger.hold REFERENCING NEW TABLE AS closed FOR EACH STATEMENT EXECUTE FUNCTION note_tokens();

-- the account's own limits, and its role's (JSON as in GATEWAY_CONFIG, credits in micro-credits) where it has none
CREATE FUNCTION limits_of(p_account text, p_role jsonb) RETURNS user_limit LANGUAGE sql STABLE SET search_path = access, pg_temp AS $$
  SELECT p_account, coalesce(u.requests_per_minute, (p_role->>'requestsPerMinute')::int), coalesce(u.tokens_per_minute, (p_role->>'tokensPerMinute')::int),
    coalesce(u.concurrent_streams, (p_role->>'concurrentStreams')::int), coalesce(u.credits_per_day, (p_role->>'creditsPerDay')::bigint),
    coalesce(u.credits_per_month, (p_role->>'creditsPerMonth')::bigint), coalesce(u.videos_per_day, (p_role->>'videosPerDay')::int), u.updated_at
  FROM (SELECT) one LEFT JOIN user_limit u ON u.account_id = p_account $$;

CREATE FUNCTION ms_until(t timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT greatest(1, ceil(extract(epoch FROM t - clock_timestamp()) * 1000))::bigint $$;

-- The limit that a new hold would exceed: {limit, allowed, used, retryAfterMs}; NULL: none. Its account is locked by the caller.
CREATE FUNCTION exceeded(l user_limit, p_node text, p_amount bigint, p_tokens bigint) RETURNS jsonb
LANGUAGE plpgsql SET search_path = access, pg_temp AS $$
DECLARE n bigint; v_held bigint; v_minute minute; v_day timestamptz := today()::timestamp AT TIME ZONE 'UTC';
BEGIN
  IF l.concurrent_streams IS NOT NULL AND p_node NOT IN ('queue', 'videos') THEN
    SELECT count(*) INTO n FROM ledger.hold h WHERE h.account_id = l.account_id AND h.status = 'pending' AND h.node_id NOT IN ('queue', 'videos');
    IF n >= l.concurrent_streams THEN
      RETURN jsonb_build_object('limit', 'concurrentStreams', 'allowed', l.concurrent_streams, 'used', n, 'retryAfterMs', 1000);
    END IF;
  END IF;
  IF l.requests_per_minute IS NOT NULL OR l.tokens_per_minute IS NOT NULL THEN
    SELECT * INTO v_minute FROM minute m WHERE m.account_id = l.account_id AND m.began_at > clock_timestamp() - interval '1 minute';
    IF coalesce(v_minute.requests, 0) >= l.requests_per_minute THEN
      RETURN jsonb_build_object('limit', 'requestsPerMinute', 'allowed', l.requests_per_minute, 'used', coalesce(v_minute.requests, 0),
        'retryAfterMs', ms_until(coalesce(v_minute.began_at, clock_timestamp()) + interval '1 minute'));
    END IF;
    IF coalesce(v_minute.tokens, 0) + p_tokens > l.tokens_per_minute THEN
      RETURN jsonb_build_object('limit', 'tokensPerMinute', 'allowed', l.tokens_per_minute, 'used', coalesce(v_minute.tokens, 0), 'asked', p_tokens,
        'retryAfterMs', ms_until(coalesce(v_minute.began_at, clock_timestamp()) + interval '1 minute'));
    END IF;
  END IF;
  IF p_node = 'videos' AND l.videos_per_day IS NOT NULL THEN
    SELECT count(*) INTO n FROM video.video v WHERE v.user_id = substr(l.account_id, 6) AND v.created_at >= v_day AND v.state NOT IN ('failed', 'cancelled');
    IF n >= l.videos_per_day THEN
      RETURN jsonb_build_object('limit', 'videosPerDay', 'allowed', l.videos_per_day, 'used', n, 'retryAfterMs', ms_until(v_day + interval '1 day'));
    END IF;
  END IF;
  IF l.credits_per_day IS NOT NULL OR l.credits_per_month IS NOT NULL THEN
    SELECT a.held INTO v_held FROM ledger.account a WHERE a.id = l.account_id;
    SELECT coalesce(sum(s.charged), 0) INTO n FROM spent s WHERE s.account_id = l.account_id AND s.day = today();
    IF n + coalesce(v_held, 0) + p_amount > l.credits_per_day THEN
      RETURN jsonb_build_object('limit', 'creditsPerDay', 'allowed', l.credits_per_day, 'used', n, 'held', coalesce(v_held, 0), 'asked', p_amount,
        'retryAfterMs', ms_until(v_day + interval '1 day'));
    END IF;
    SELECT coalesce(sum(s.charged), 0) INTO n FROM spent s WHERE s.account_id = l.account_id AND s.day >= date_trunc('month', today()::timestamp)::date;
    IF n + coalesce(v_held, 0) + p_amount > l.credits_per_month THEN
      RETURN jsonb_build_object('limit', 'creditsPerMonth', 'allowed', l.credits_per_month, 'used', n, 'held', coalesce(v_held, 0), 'asked', p_amount,
        'retryAfterMs', ms_until((date_trunc('month', today()::timestamp) + interval '1 month') AT TIME ZONE 'UTC'));
    END IF;
  END IF;
  RETURN NULL;
END $$;

-- counts a request that was held; what is left of its minute: {requests?, tokens?: {limit, remaining}, resetMs}; NULL: no such limit
CREATE FUNCTION note_request(l user_limit, p_tokens bigint) RETURNS jsonb LANGUAGE plpgsql SET search_path = access, pg_temp AS $$
DECLARE v minute;
BEGIN
  IF l.requests_per_minute IS NULL AND l.tokens_per_minute IS NULL THEN RETURN NULL; END IF;
  INSERT INTO minute AS m (account_id, began_at, requests, tokens) VALUES (l.account_id, clock_timestamp(), 1, p_tokens)
  ON CONFLICT (account_id) DO UPDATE SET
    began_at = CASE WHEN m.began_at > clock_timestamp() - interval '1 minute' THEN m.began_at ELSE clock_timestamp() END,
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
CREATE FUNCTION hold_batch(p_node text, p_account text[], p_request text[], p_fp text[], p_amount bigint[], p_ttl_ms int[], p_terms text[],
  p_limits text[], p_token text[])
RETURNS TABLE (i int, result text, status text, amount bigint, charged bigint, available bigint, owner text, quota jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = access, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE o record; h record; v_limit user_limit; v_tokens bigint; v_full jsonb := '{}';
BEGIN
  IF NOT EXISTS (SELECT FROM unnest(p_limits) l WHERE l IS NOT NULL)
     AND NOT EXISTS (SELECT FROM user_limit u WHERE u.account_id = ANY (p_account))
     AND NOT EXISTS (SELECT FROM revocation r WHERE r.name = ANY (p_account || p_token)) THEN
    RETURN QUERY SELECT b.i, b.result, b.status, b.amount, b.charged, b.available, b.owner, NULL::jsonb
      FROM ledger.hold_batch(p_node, p_account, p_request, p_fp, p_amount, p_ttl_ms, p_terms) b;
    RETURN;
  END IF;
  PERFORM set_config('synchronous_commit', 'on', true);
  PERFORM 1 FROM ledger.account a WHERE a.id = ANY (p_account) ORDER BY a.id FOR NO KEY UPDATE;
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
    IF result IS NULL THEN
      SELECT * INTO h FROM ledger.hold_batch(p_node, ARRAY[o.account], ARRAY[o.request], ARRAY[o.fp], ARRAY[o.amount], ARRAY[o.ttl_ms], ARRAY[o.terms]);
      result := h.result; status := h.status; amount := h.amount; charged := h.charged; available := h.available; owner := h.owner;
      IF result = 'held' THEN quota := note_request(v_limit, v_tokens); END IF;
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;

-- ---- videos: the same for their orders -----------------------------------------------------------
SET search_path = video, pg_temp;
-- As before, and: limited | revoked, with `quota`.
CREATE FUNCTION begin_video(p_id text, p_user text, p_session text, p_key text, p_fp text, p_workflow text, p_request jsonb, p_prompt text,
  p_original text, p_input jsonb, p_plan jsonb, p_amount bigint, p_ttl_ms int, p_terms text, p_ready boolean, p_limits text, p_token text)
RETURNS TABLE (result text, id text, available bigint, quota jsonb) LANGUAGE plpgsql SECURITY DEFINER SET search_path = video, pg_temp AS $$
#variable_conflict use_column
DECLARE v_there record; v_hold record;
BEGIN
  IF p_key IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(p_user || E'\n' || p_key, 20));
    SELECT v.id, v.fingerprint INTO v_there FROM video v WHERE v.user_id = p_user AND v.idempotency_key = p_key;
    IF FOUND THEN
      RETURN QUERY SELECT CASE WHEN v_there.fingerprint = p_fp THEN 'duplicate' ELSE 'conflict' END, v_there.id, NULL::bigint, NULL::jsonb;
      RETURN;
    END IF;
  END IF;
  SELECT * INTO v_hold FROM access.hold_batch('videos', ARRAY['user:' || p_user], ARRAY['video:' || p_id], ARRAY[p_fp], ARRAY[p_amount],
    ARRAY[p_ttl_ms], ARRAY[p_terms], ARRAY[p_limits], ARRAY[p_token]);
  IF v_hold.result <> 'held' THEN
    RETURN QUERY SELECT v_hold.result::text, p_id, v_hold.available::bigint, v_hold.quota::jsonb;
    RETURN;
  END IF;
  INSERT INTO video (id, user_id, session_id, idempotency_key, fingerprint, workflow_id, request, prompt, original_prompt, input, plan, amount, is_ready)
  VALUES (p_id, p_user, p_session, p_key, p_fp, p_workflow, p_request, p_prompt, p_original, p_input, p_plan, p_amount, p_ready);
  RETURN QUERY SELECT 'created', p_id, v_hold.available::bigint, v_hold.quota::jsonb;
END $$;
-- Gateways of the version before call it so while this one is rolled out.
CREATE OR REPLACE FUNCTION begin_video(p_id text, p_user text, p_session text, p_key text, p_fp text, p_workflow text, p_request jsonb, p_prompt text,
  p_original text, p_input jsonb, p_plan jsonb, p_amount bigint, p_ttl_ms int, p_terms text, p_ready boolean)
RETURNS TABLE (result text, id text, available bigint) LANGUAGE sql SECURITY DEFINER SET search_path = video, pg_temp AS $$
  SELECT b.result, b.id, b.available FROM begin_video(p_id, p_user, p_session, p_key, p_fp, p_workflow, p_request, p_prompt, p_original, p_input, p_plan,
    p_amount, p_ttl_ms, p_terms, p_ready, NULL, NULL) b $$;

REVOKE ALL ON SCHEMA access FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA access FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA access FROM PUBLIC;
REVOKE ALL ON FUNCTION begin_video(text, text, text, text, text, text, jsonb, text, text, jsonb, jsonb, bigint, int, text, boolean, text, text) FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT USAGE ON SCHEMA access TO gateway_app;
  GRANT SELECT ON ALL TABLES IN SCHEMA access TO gateway_app;
  GRANT INSERT, UPDATE, DELETE ON access.user_limit, access.revocation TO gateway_app;
  GRANT EXECUTE ON FUNCTION access.hold_batch TO gateway_app;
  GRANT EXECUTE ON FUNCTION begin_video(text, text, text, text, text, text, jsonb, text, text, jsonb, jsonb, bigint, int, text, boolean, text, text) TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
