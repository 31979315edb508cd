-- Workflows: videos whose prompt is worked on before they are ordered. The workflow is its video's row; what comes before
-- the video has a row here, made in the same transaction and moved by compare-and-set together with the ledger.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = video, pg_temp;

CREATE TABLE workflow_step (
  workflow_id text COLLATE "C" NOT NULL,
  name        text NOT NULL CHECK (name IN ('enhance')),
  video_id    text COLLATE "C" NOT NULL REFERENCES video (id),
  state       text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'skipped')),
  attempts    int NOT NULL DEFAULT 0,              -- whoever runs it knows the number of its own: an older one is fenced
  prompt_in   text NOT NULL,
  prompt_out  text,                                -- of a step that is done
  model       text,
  provider    text,
  charged     bigint NOT NULL DEFAULT 0,           -- micro-credits
  reason      text,                                -- why it was skipped or has failed: a word of ours
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at  timestamptz,
  ended_at    timestamptz,
  PRIMARY KEY (workflow_id, name),
  CHECK ((state IN ('done', 'failed', 'skipped')) = (ended_at IS NOT NULL)),
  CHECK ((state = 'done') = (prompt_out IS NOT NULL))
);
CREATE INDEX workflow_step_of_video ON workflow_step (video_id);
-- what waits for its workflow: whoever finds one that has waited for long sees to it
CREATE INDEX video_not_ready ON video (created_at) WHERE NOT is_ready AND state = 'queued' AND workflow_id IS NOT NULL;

-- A video that is ready from the beginning has a prompt that nothing is to be done about.
CREATE FUNCTION make_workflow_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = video, pg_temp AS $$
BEGIN
  INSERT INTO workflow_step (workflow_id, name, video_id, state, prompt_in, reason, ended_at)
  VALUES (NEW.workflow_id, 'enhance', NEW.id, CASE WHEN NEW.is_ready THEN 'skipped' ELSE 'waiting' END, NEW.original_prompt,
          CASE WHEN NEW.is_ready THEN 'not_needed' END, CASE WHEN NEW.is_ready THEN clock_timestamp() END);
  RETURN NULL;
END $$;
CREATE TRIGGER video_workflow_made AFTER INSERT ON video FOR EACH ROW WHEN (NEW.workflow_id IS NOT NULL) EXECUTE FUNCTION make_workflow_steps();

-- Locks as end_video takes them: the video, then the account. The hold is 'video:<workflow>-<step>'.
-- Ends a step with its hold, if it has one. p_attempt NULL: whoever runs it. A step whose video is over, or is to be, costs nothing.
-- ended | stale: it is over, or another attempt runs it
CREATE FUNCTION end_workflow_step(p_workflow text, p_name text, p_attempt int, p_state text, p_prompt text, p_model text, p_provider text,
  p_cost bigint, p_reason text, p_outcome text)
RETURNS TABLE (result text, charged bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = video, pg_temp AS $$
#variable_conflict use_column
DECLARE v_step workflow_step; v_video record; v_closed record;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  SELECT v.user_id, v.state, v.cancel_asked_at INTO v_video FROM video v
    WHERE v.id = (SELECT s.video_id FROM workflow_step s WHERE s.workflow_id = p_workflow AND s.name = p_name) FOR UPDATE;
  SELECT * INTO v_step FROM workflow_step s WHERE s.workflow_id = p_workflow AND s.name = p_name AND s.state IN ('waiting', 'running')
    AND (p_attempt IS NULL OR s.attempts = p_attempt) FOR UPDATE;
  IF NOT FOUND THEN RETURN QUERY SELECT 'stale', NULL::bigint; RETURN; END IF;
  IF v_video.state <> 'queued' OR v_video.cancel_asked_at IS NOT NULL THEN
    p_state := 'skipped'; p_prompt := NULL; p_cost := 0; p_reason := 'cancelled';
    p_outcome := (p_outcome::jsonb || '{"finishReason": "cancelled", "error": "CANCELLED"}')::text;
  END IF;
  SELECT * INTO v_closed FROM ledger.finish_batch('videos', ARRAY['user:' || v_video.user_id], ARRAY['video:' || p_workflow || '-' || p_name],
    ARRAY[NULL::int], ARRAY[NULL::text], ARRAY[0], ARRAY[p_cost], ARRAY[p_outcome]);
  -- unknown: nothing was held yet. duplicate: its deadline passed and the reaper gave the hold back; the cost is the house's
  IF v_closed.result NOT IN ('settled', 'released', 'duplicate') AND NOT (v_closed.result = 'unknown' AND p_cost = 0) THEN
    RAISE EXCEPTION 'the hold of workflow step % of % can not be closed: %', p_name, p_workflow, v_closed.result USING ERRCODE = 'VI002';
  END IF;
  UPDATE workflow_step s SET state = p_state, prompt_out = p_prompt, model = coalesce(p_model, s.model), provider = coalesce(p_provider, s.provider),
    charged = coalesce(v_closed.charged, 0), reason = p_reason, ended_at = clock_timestamp()
  WHERE s.workflow_id = p_workflow AND s.name = p_name;
  RETURN QUERY SELECT 'ended', coalesce(v_closed.charged, 0)::bigint;
END $$;

-- Begins a step, or begins it again where its process died, with its hold.
-- begun | over | cancelled | insufficient | frozen | no_account | invalid | closed: the reaper ended its hold
CREATE FUNCTION begin_workflow_step(p_workflow text, p_name text, p_model text, p_provider text, p_amount bigint, p_ttl_ms int, p_terms text)
RETURNS TABLE (result text, attempt int) LANGUAGE plpgsql SECURITY DEFINER SET search_path = video, pg_temp AS $$
#variable_conflict use_column
DECLARE v_step workflow_step; v_video record; v_hold record;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  SELECT v.user_id, v.state, v.cancel_asked_at INTO v_video FROM video v
    WHERE v.id = (SELECT s.video_id FROM workflow_step s WHERE s.workflow_id = p_workflow AND s.name = p_name) FOR UPDATE;
  SELECT * INTO v_step FROM workflow_step s WHERE s.workflow_id = p_workflow AND s.name = p_name FOR UPDATE;
  IF NOT FOUND OR v_step.state NOT IN ('waiting', 'running') THEN RETURN QUERY SELECT 'over', v_step.attempts; RETURN; END IF;
  IF v_video.state <> 'queued' OR v_video.cancel_asked_at IS NOT NULL THEN RETURN QUERY SELECT 'cancelled', v_step.attempts; RETURN; END IF;
  SELECT * INTO v_hold FROM ledger.hold_batch('videos', ARRAY['user:' || v_video.user_id], ARRAY['video:' || p_workflow || '-' || p_name],
    ARRAY[md5(p_workflow || '-' || p_name)], ARRAY[p_amount], ARRAY[p_ttl_ms], ARRAY[p_terms]);
  IF v_hold.result <> 'held' AND NOT (v_hold.result = 'duplicate' AND v_hold.status = 'pending') THEN
    RETURN QUERY SELECT CASE v_hold.result WHEN 'duplicate' THEN 'closed' ELSE v_hold.result END, v_step.attempts;
    RETURN;
  END IF;
  UPDATE workflow_step s SET state = 'running', attempts = s.attempts + 1, model = p_model, provider = p_provider,
    started_at = coalesce(s.started_at, clock_timestamp())
  WHERE s.workflow_id = p_workflow AND s.name = p_name;
  RETURN QUERY SELECT 'begun', v_step.attempts + 1;
END $$;

REVOKE ALL ON workflow_step FROM PUBLIC;
REVOKE ALL ON FUNCTION make_workflow_steps, end_workflow_step, begin_workflow_step FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT SELECT ON workflow_step TO gateway_app;
  GRANT EXECUTE ON FUNCTION end_workflow_step, begin_workflow_step TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
