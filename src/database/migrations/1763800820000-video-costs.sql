DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'video.video'::regclass));
END $$;

-- Ends a video and its hold together: what it costs is charged, the rest is free again. What the provider took for it is in
-- its outcome, also where nothing is charged: it stands in the row from now on, where it can be added up.
-- ended | stale: it is in none of the states that this may follow
CREATE OR REPLACE FUNCTION video.end_video(p_id text, p_from text[], p_to text, p_cost bigint, p_outcome text, p_error jsonb, p_fault text, p_flag boolean)
RETURNS TABLE (result text, charged bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = video, pg_temp AS $$
#variable_conflict use_column
DECLARE v_user text; v_closed record;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  UPDATE video v SET state = p_to, error = p_error, provider_fault = coalesce(p_fault, v.provider_fault), is_flagged = v.is_flagged OR p_flag,
    provider_cost_usd = coalesce((p_outcome::jsonb->>'providerCostUsd')::numeric, v.provider_cost_usd),
    progress = CASE WHEN p_to = 'completed' THEN 100 ELSE v.progress END, ended_at = clock_timestamp(), updated_at = clock_timestamp()
  WHERE v.id = p_id AND v.state = ANY (p_from) RETURNING v.user_id INTO v_user;
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

-- What ended before: its outcome is kept with its hold.
UPDATE video.video v SET provider_cost_usd = (h.outcome->>'providerCostUsd')::numeric FROM ledger.hold h
WHERE v.provider_cost_usd IS NULL AND v.ended_at IS NOT NULL AND h.account_id = 'user:' || v.user_id AND h.request_id = 'video:' || v.id
  AND h.outcome ? 'providerCostUsd';
RESET ROLE;
