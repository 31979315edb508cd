-- Videos: one row each, moved along its life by compare-and-set (src/video/life/video-state.ts). What costs money moves
-- together with the ledger, in one transaction: a video is made with its hold and ends with its charge or its release.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
-- The owner of videos' holds. Its lease has no end, so the reaper leaves them until their own deadline.
INSERT INTO ledger.node (id, lease_until) VALUES ('videos', 'infinity');

CREATE SCHEMA video;
SET search_path = video, pg_temp;
ALTER DEFAULT PRIVILEGES IN SCHEMA video REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE TABLE video (
  id               text COLLATE "C" PRIMARY KEY CHECK (octet_length(id) BETWEEN 1 AND 64),
  user_id          text COLLATE "C" NOT NULL,
  session_id       text,
  idempotency_key  text COLLATE "C",                 -- of whoever asked: the same key is the same video
  fingerprint      text NOT NULL,                    -- of what was asked: the same key with another one is a conflict
  workflow_id      text COLLATE "C",
  state            text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'submitting', 'submitted', 'processing', 'copying', 'completed', 'failed', 'cancelled')),
  -- what was asked for, and what was chosen
  request          jsonb NOT NULL,                   -- as the client said it, without its prompt
  prompt           text NOT NULL,                    -- as it goes to the provider
  original_prompt  text NOT NULL,
  input            jsonb,                            -- the stored image or video that it builds on
  plan             jsonb NOT NULL,                   -- the choices, in order: provider, model, seconds, format, price
  choice           int NOT NULL DEFAULT 0,           -- which of them is being tried, or was taken
  amount           bigint NOT NULL CHECK (amount >= 0),  -- micro-credits held
  is_ready         boolean NOT NULL DEFAULT true,    -- false: a step of its workflow comes first
  -- at the provider
  connection_id    text,
  job_id           text,
  submits          int NOT NULL DEFAULT 0,           -- requests that were, or may have been, sent
  refusals         int NOT NULL DEFAULT 0,           -- of them, clear refusals since the last choice
  polls            int NOT NULL DEFAULT 0,
  poll_faults      int NOT NULL DEFAULT 0,           -- in a row
  progress         int NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  delivered_seconds numeric,
  provider_cost_usd numeric,                         -- as the provider told
  due_at           timestamptz NOT NULL DEFAULT clock_timestamp(),   -- when its next step is due: who finds it long past sees to it
  -- its files
  media            jsonb,
  thumbnail        jsonb,
  media_deleted_at timestamptz,
  -- its end
  error            jsonb,                            -- code and message, as shown
  provider_fault   text,                             -- the provider's own code, for operators
  is_flagged       boolean NOT NULL DEFAULT false,   -- an operator has to look: a job may have been paid for in vain
  charged          bigint,
  cancel_asked_at  timestamptz,
  created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  submitting_at    timestamptz,
  submitted_at     timestamptz,
  finished_at      timestamptz,                      -- when it was seen that the provider had finished
  ended_at         timestamptz,
  updated_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX video_once ON video (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX video_of_user ON video (user_id, created_at DESC, id DESC);
CREATE INDEX video_of_session ON video (user_id, session_id, created_at DESC) WHERE session_id IS NOT NULL;
CREATE INDEX video_of_workflow ON video (workflow_id) WHERE workflow_id IS NOT NULL;
CREATE INDEX video_under_way ON video (due_at) WHERE state NOT IN ('completed', 'failed', 'cancelled');
CREATE INDEX video_ended ON video (ended_at) WHERE media_deleted_at IS NULL AND ended_at IS NOT NULL;
CREATE UNIQUE INDEX video_job ON video (connection_id, job_id) WHERE job_id IS NOT NULL;

-- created | duplicate | conflict | insufficient | frozen | no_account | invalid
-- `id` is that of the video that is there: the new one, or the one that the same key made.
CREATE FUNCTION begin_video(p_id text, p_user text, p_session text, p_key text, p_fp text, p_workflow text, p_request jsonb, p_prompt text,
  p_original text, p_input jsonb, p_plan jsonb, p_amount bigint, p_ttl_ms int, p_terms text, p_ready boolean)
RETURNS TABLE (result text, id text, available bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = video, pg_temp AS $$
#variable_conflict use_column
DECLARE v_there record; v_hold record;
BEGIN
  IF p_key IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(p_user || E'\n' || p_key, 20));
    SELECT v.id, v.fingerprint INTO v_there FROM video v WHERE v.user_id = p_user AND v.idempotency_key = p_key;
    IF FOUND THEN
      RETURN QUERY SELECT CASE WHEN v_there.fingerprint = p_fp THEN 'duplicate' ELSE 'conflict' END, v_there.id, NULL::bigint;
      RETURN;
    END IF;
  END IF;
  SELECT * INTO v_hold FROM ledger.hold_batch('videos', ARRAY['user:' || p_user], ARRAY['video:' || p_id], ARRAY[p_fp], ARRAY[p_amount], ARRAY[p_ttl_ms], ARRAY[p_terms]);
  IF v_hold.result <> 'held' THEN
    RETURN QUERY SELECT v_hold.result::text, p_id, v_hold.available::bigint;
    RETURN;
  END IF;
  INSERT INTO video (id, user_id, session_id, idempotency_key, fingerprint, workflow_id, request, prompt, original_prompt, input, plan, amount, is_ready)
  VALUES (p_id, p_user, p_session, p_key, p_fp, p_workflow, p_request, p_prompt, p_original, p_input, p_plan, p_amount, p_ready);
  RETURN QUERY SELECT 'created', p_id, v_hold.available::bigint;
END $$;

-- Ends a video and its hold together: what it costs is charged, the rest is free again.
-- ended | stale: it is in none of the states that this may follow
CREATE FUNCTION end_video(p_id text, p_from text[], p_to text, p_cost bigint, p_outcome text, p_error jsonb, p_fault text, p_flag boolean)
RETURNS TABLE (result text, charged bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = video, pg_temp AS $$
#variable_conflict use_column
DECLARE v_user text; v_closed record;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  UPDATE video v SET state = p_to, error = p_error, provider_fault = coalesce(p_fault, v.provider_fault), is_flagged = v.is_flagged OR p_flag,
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

REVOKE ALL ON SCHEMA video FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA video FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA video FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT USAGE ON SCHEMA video TO gateway_app;
  GRANT SELECT, UPDATE ON video TO gateway_app;
  GRANT EXECUTE ON FUNCTION begin_video, end_video TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
