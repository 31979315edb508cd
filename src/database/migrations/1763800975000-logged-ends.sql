-- An answer's last frames, and its end with them.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = ledger, pg_temp;

-- As finish_batch, once the rows (p_row_…, as append_batch takes them) of some of its streams are logged: all of it in one
-- commit. A row that can't be logged is told by the end of its stream: gap, conflict, fenced or duplicate, as without it.
-- Locks are taken as finish_batch takes them, accounts before holds, whatever append_batch locks meanwhile.
CREATE FUNCTION log_and_finish_batch(p_node text, p_account text[], p_request text[], p_seq int[], p_frame text[], p_tokens int[], p_actual bigint[], p_outcome text[],
  p_row_account text[], p_row_request text[], p_row_first int[], p_row_last int[], p_row_frames text[], p_row_tokens int[])
RETURNS TABLE (i int, result text, charged bigint, shortfall bigint, balance bigint, available bigint, frame text, tail int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM account x WHERE x.id = ANY (p_account || p_row_account) ORDER BY x.id FOR NO KEY UPDATE;
  PERFORM 1 FROM hold h, (SELECT DISTINCT u.a, u.r FROM unnest(p_account || p_row_account, p_request || p_row_request) u(a, r)) u
    WHERE h.account_id = u.a AND h.request_id = u.r ORDER BY h.account_id, h.request_id FOR NO KEY UPDATE OF h;
  PERFORM append_batch(p_node, p_row_account, p_row_request, p_row_first, p_row_last, p_row_frames, p_row_tokens);
  RETURN QUERY SELECT * FROM finish_batch(p_node, p_account, p_request, p_seq, p_frame, p_tokens, p_actual, p_outcome);
END $$;

REVOKE ALL ON FUNCTION log_and_finish_batch FROM PUBLIC;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gateway_app') THEN RETURN; END IF;
  GRANT EXECUTE ON FUNCTION log_and_finish_batch TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
