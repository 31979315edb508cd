-- Two repairs of the ledger.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = ledger, pg_temp;

-- As before, but for one thing: an account that comes to be while this call waits for the locks of the others is not
-- locked, and so is not there for it ('user:' is no account's id). It was used unlocked, out of the order of locks, which
-- could end in a deadlock.
-- held | duplicate | conflict | insufficient | frozen | no_account | invalid
CREATE OR REPLACE FUNCTION hold_batch(p_node text, p_account text[], p_request text[], p_fp text[], p_amount bigint[], p_ttl_ms int[], p_terms text[])
RETURNS TABLE (i int, result text, status text, amount bigint, charged bigint, available bigint, owner text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
DECLARE q record; v_terms jsonb[] := clean_json(p_terms); v_locked text[];
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  SELECT array_agg(s.id) INTO v_locked FROM (SELECT x.id FROM account x WHERE x.id = ANY (p_account) ORDER BY x.id FOR NO KEY UPDATE) s;
  IF EXISTS (SELECT FROM unnest(p_account) u WHERE u <> ALL (coalesce(v_locked, '{}'))) THEN
    p_account := ARRAY(SELECT CASE WHEN u.a = ANY (v_locked) OR u.a NOT LIKE 'user:%' THEN u.a ELSE 'user:' END
                       FROM unnest(p_account) WITH ORDINALITY u(a, n) ORDER BY u.n);
  END IF;
  FOR q IN
    WITH o AS (
      SELECT u.n::int AS n, u.a, u.r, u.f, u.m, u.t, coalesce(u.j, '{}') AS j,
             coalesce(u.a LIKE 'user:%' AND octet_length(u.r) BETWEEN 1 AND 144 AND u.r !~ '[^\x20-\x7e]' AND length(u.f) BETWEEN 1 AND 64
               AND u.m BETWEEN 0 AND max_amount() AND u.t > 0, false) AS valid
      FROM unnest(p_account, p_request, p_fp, p_amount, p_ttl_ms, v_terms) WITH ORDINALITY u(a, r, f, m, t, j, n)
    ), x AS (
      SELECT o.*, a.id AS aid, a.posted - a.held AS avail, a.frozen, h.fingerprint AS hfp, h.status AS hstatus, h.amount AS hamount,
             h.charged AS hcharged, h.node_id AS hnode,
             o.valid AND a.id IS NOT NULL AND h.status IS NULL AS fresh,
             row_number() OVER (PARTITION BY o.a, o.r ORDER BY o.n) AS nth
      FROM o LEFT JOIN account a ON a.id = o.a LEFT JOIN hold h ON h.account_id = o.a AND h.request_id = o.r
    ), y AS (
      SELECT x.*, sum(x.m) FILTER (WHERE x.fresh) OVER (PARTITION BY x.a) AS need,
             sum(x.m) FILTER (WHERE x.fresh) OVER (PARTITION BY x.a ORDER BY x.n) AS running,
             coalesce(bool_or(x.fresh AND x.nth > 1) OVER (PARTITION BY x.a), false) AS again
      FROM x
    ), z AS MATERIALIZED (                          -- slow: in submission order, one by one, below
      SELECT y.*, coalesce(y.valid AND NOT y.frozen AND (y.again OR y.need > y.avail), false) AS slow,
             y.fresh AND NOT y.frozen AND NOT y.again AND y.need <= y.avail AS take FROM y
    ), ins AS (
      INSERT INTO hold (account_id, request_id, fingerprint, amount, node_id, expires_at, terms)
      SELECT z.a, z.r, z.f, z.m, p_node, clock_timestamp() + z.t * interval '1 ms', z.j FROM z WHERE z.take
    ), upd AS (
      UPDATE account a SET held = a.held + s.need FROM (SELECT DISTINCT z.a, z.need::bigint AS need FROM z WHERE z.take AND z.need > 0) s
      WHERE a.id = s.a AND NOT a.frozen AND a.posted - a.held >= s.need
    )
    SELECT * FROM z ORDER BY z.a, z.n
  LOOP
    i := q.n; status := NULL; amount := NULL; charged := NULL; owner := NULL; available := q.avail;
    IF q.slow THEN
      SELECT h.result, h.status, h.amount, h.charged, h.available, h.owner INTO result, status, amount, charged, available, owner
        FROM hold_one(p_node, q.a, q.r, q.f, q.m, q.t, q.j) h;
    ELSIF q.take THEN
      result := 'held'; status := 'pending'; amount := q.m; owner := p_node; available := q.avail - q.running;
    ELSIF NOT q.valid THEN result := 'invalid'; available := NULL;
    ELSIF q.aid IS NULL THEN result := 'no_account';
    ELSIF q.hstatus IS NOT NULL THEN
      result := CASE WHEN q.hfp = q.f THEN 'duplicate' ELSE 'conflict' END;
      status := q.hstatus; amount := q.hamount; charged := q.hcharged; owner := q.hnode;
      IF NOT q.frozen THEN available := q.avail - coalesce(q.running, 0); END IF;
    ELSE result := 'frozen';
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;


-- takes the owner off a pending hold that it can't end itself: the reaper ends it then by its log (or a repeat of its
-- request takes it over, where nothing is logged). 'nobody' never has a lease: abandoned | fenced | closed | unknown
CREATE FUNCTION abandon(p_node text, p_account text, p_request text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  UPDATE hold h SET node_id = 'nobody' WHERE h.account_id = p_account AND h.request_id = p_request AND h.status = 'pending' AND h.node_id = p_node;
  IF FOUND THEN RETURN 'abandoned'; END IF;
  RETURN coalesce((SELECT CASE h.status WHEN 'pending' THEN 'fenced' ELSE 'closed' END FROM hold h WHERE h.account_id = p_account AND h.request_id = p_request), 'unknown');
END $$;
REVOKE ALL ON FUNCTION abandon FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION abandon TO gateway_app; END IF;
END $$;
RESET ROLE;
RESET search_path;
