-- Erasure: what holds the text of a user's prompts or answers is emptied, a batch at a time, so that any number of it ends
-- in any number of calls. Rows that count stay: the log keeps its sequence numbers, the ledger and the trail are not touched.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;

-- NULL: its texts are there
ALTER TABLE video.video ADD COLUMN erased_at timestamptz;
CREATE INDEX video_to_erase ON video.video (user_id) WHERE erased_at IS NULL;

-- Frames of requests that have ended; '' is read as a log that is gone. @returns how many rows were emptied
CREATE FUNCTION ledger.erase_log(p_account text, p_limit int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE n int;
BEGIN
  WITH filled AS (
    SELECT c.bucket, c.request_id, c.seq_first FROM stream_chunk c
    JOIN hold h ON h.account_id = c.account_id AND h.request_id = c.request_id
    WHERE c.account_id = p_account AND c.frames <> '' AND h.status <> 'pending' LIMIT p_limit)
  UPDATE stream_chunk c SET frames = '' FROM filled s
  WHERE c.bucket = s.bucket AND c.account_id = p_account AND c.request_id = s.request_id AND c.seq_first = s.seq_first;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;

-- Answers of durable requests. @returns how many went
CREATE FUNCTION ledger.erase_durable_answers(p_account text, p_limit int) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
  WITH gone AS (DELETE FROM durable_answer WHERE (account_id, request_id) IN (
    SELECT d.account_id, d.request_id FROM durable_answer d WHERE d.account_id = p_account LIMIT p_limit) RETURNING 1)
  SELECT count(*)::int FROM gone $$;

-- Why an account was frozen, or a user shut out: what an administrator wrote of a person. It stays frozen, and shut out.
CREATE FUNCTION ledger.erase_account_notes(p_account text) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
  WITH a AS (UPDATE ledger.account SET frozen_why = NULL WHERE id = p_account AND frozen_why IS NOT NULL RETURNING 1),
  r AS (UPDATE access.revocation SET reason = NULL WHERE name = p_account AND reason IS NOT NULL RETURNING 1)
  SELECT (SELECT count(*) FROM a)::int + (SELECT count(*) FROM r)::int $$;

-- Videos that are over and whose files are gone: what was asked for, in any words of its user's. @returns how many
CREATE FUNCTION video.erase_texts(p_user text, p_limit int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = video, pg_temp AS $$
DECLARE v_ids text[];
BEGIN
  WITH erased AS (
    UPDATE video v SET prompt = '', original_prompt = '', request = v.request - 'style', session_id = NULL, idempotency_key = NULL,
      fingerprint = '', input = NULL, media = v.media - 'sha256', thumbnail = NULL, erased_at = clock_timestamp(), updated_at = clock_timestamp()
    WHERE v.id IN (SELECT x.id FROM video x WHERE x.user_id = p_user AND x.erased_at IS NULL
      AND x.state IN ('completed', 'failed', 'cancelled') AND x.media_deleted_at IS NOT NULL LIMIT p_limit)
    RETURNING v.id)
  SELECT array_agg(e.id) INTO v_ids FROM erased e;
  UPDATE workflow_step s SET prompt_in = '', prompt_out = CASE WHEN s.prompt_out IS NOT NULL THEN '' END WHERE s.video_id = ANY (v_ids);
  RETURN coalesce(cardinality(v_ids), 0);
END $$;

REVOKE ALL ON FUNCTION ledger.erase_log, ledger.erase_durable_answers, ledger.erase_account_notes, video.erase_texts FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT EXECUTE ON FUNCTION ledger.erase_log, ledger.erase_durable_answers, ledger.erase_account_notes, video.erase_texts TO gateway_app;
END $$;
RESET ROLE;
