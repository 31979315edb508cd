DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'video.video'::regclass));
END $$;

-- A video of two steps has two jobs, one after the other. Whoever says how a job ended names it (p_job; NULL: whatever it
-- is): a worker that slept through the end of the first step can't end the second. What both jobs cost is in the outcome,
-- or known by nobody.
DROP FUNCTION IF EXISTS video.end_video(text, text[], text, bigint, text, jsonb, text, boolean);
CREATE OR REPLACE FUNCTION video.end_video(p_id text, p_from text[], p_to text, p_cost bigint, p_outcome text, p_error jsonb, p_fault text, p_flag boolean,
  p_job text DEFAULT NULL)
RETURNS TABLE (result text, charged bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = video, pg_temp AS $$
#variable_conflict use_column
DECLARE v_user text; v_closed record;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  UPDATE video v SET state = p_to, error = p_error, provider_fault = coalesce(p_fault, v.provider_fault), is_flagged = v.is_flagged OR p_flag,
    provider_cost_usd = coalesce((p_outcome::jsonb->>'providerCostUsd')::numeric, CASE WHEN NOT p_outcome::jsonb ? 'steps' THEN v.provider_cost_usd END),
    progress = CASE WHEN p_to = 'completed' THEN 100 ELSE v.progress END, ended_at = clock_timestamp(), updated_at = clock_timestamp()
  WHERE v.id = p_id AND v.state = ANY (p_from) AND (p_job IS NULL OR v.job_id = p_job) RETURNING v.user_id INTO v_user;
  IF NOT FOUND THEN RETURN QUERY SELECT 'stale', NULL::bigint; RETURN; END IF;
  SELECT * INTO v_closed FROM ledger.finish_batch('videos', ARRAY['user:' || v_user], ARRAY['video:' || p_id], ARRAY[NULL::int], ARRAY[NULL::text],
    ARRAY[0], ARRAY[p_cost], ARRAY[p_outcome]);
  -- duplicate: its deadline passed and the reaper gave the hold back; what came afterwards is the house's
  IF v_closed.result NOT IN ('settled', 'released', 'duplicate') THEN
    RAISE EXCEPTION 'the hold of video % can not be closed: %', p_id, v_closed.result USING ERRCODE = 'VI001';
  END IF;
  UPDATE video v SET charged = coalesce(v_closed.charged, 0) WHERE v.id = p_id;
  RETURN QUERY SELECT 'ended', coalesce(v_closed.charged, 0)::bigint;
END $$;
REVOKE ALL ON FUNCTION video.end_video FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION video.end_video TO gateway_app; END IF;
END $$;
RESET ROLE;
