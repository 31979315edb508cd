-- Two repairs of limits. A video that was cancelled once a provider had taken it counts in its day, as its job may be made and
-- paid for: who cancels in time orders as many as before. And a request that asks for more than the whole of a limit is told
-- so: no time to wait is named for what no wait changes.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = access, pg_temp;

-- What counts in an account's videos of the day (UTC): all but those that failed, and those that were cancelled before a
-- provider had taken the first of their steps (a second one's plan has what was `before` it).
CREATE FUNCTION videos_today(p_account text) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS $$
  SELECT count(*) FROM video.video v WHERE v.user_id = substr(p_account, 6) AND v.created_at >= today()::timestamp AT TIME ZONE 'UTC'
    AND (v.state NOT IN ('failed', 'cancelled')
      OR (v.state = 'cancelled' OR v.cancel_asked_at IS NOT NULL) AND (v.submitted_at IS NOT NULL OR v.plan ? 'before')) $$;

-- The limit that a new hold would exceed: {limit, allowed, used, retryAfterMs}, or {limit, allowed, used: 0, asked} where it asks
-- for more than the whole of it, which no wait changes; NULL: none. Its account is locked by the caller.
CREATE OR REPLACE FUNCTION exceeded(l user_limit, p_node text, p_amount bigint, p_tokens bigint) RETURNS jsonb
LANGUAGE plpgsql SET search_path = access, pg_temp AS $$
DECLARE n bigint; v_held bigint; v_minute minute; v_never jsonb; v_day timestamptz := today()::timestamp AT TIME ZONE 'UTC';
BEGIN
  SELECT jsonb_build_object('limit', w.name, 'allowed', w.allowed, 'used', 0, 'asked', w.asked) INTO v_never FROM (VALUES
    ('tokensPerMinute', l.tokens_per_minute::bigint, p_tokens), ('creditsPerDay', l.credits_per_day, p_amount), ('creditsPerMonth', l.credits_per_month, p_amount),
    ('requestsPerMinute', l.requests_per_minute::bigint, 1), ('videosPerDay', l.videos_per_day::bigint, (p_node = 'videos')::int),
    ('concurrentStreams', l.concurrent_streams::bigint, (p_node NOT IN ('queue', 'videos'))::int)) w(name, allowed, asked)
  WHERE w.asked > w.allowed LIMIT 1;
  IF FOUND THEN RETURN v_never; END IF;
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
    n := videos_today(l.account_id);
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

REVOKE ALL ON FUNCTION videos_today(text) FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT EXECUTE ON FUNCTION videos_today(text) TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
