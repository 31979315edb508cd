-- What users said of a video may go before all else that is known of it: VIDEO_TEXT_KEEP_MS after its end. Erasing it with
-- its user's other texts empties the same columns, and the names of its files besides.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'video.video'::regclass));
END $$;

-- NULL: what its user said is there
ALTER TABLE video.video ADD COLUMN texts_erased_at timestamptz;
UPDATE video.video SET texts_erased_at = erased_at WHERE erased_at IS NOT NULL;
CREATE INDEX video_texts_kept ON video.video (ended_at) WHERE texts_erased_at IS NULL AND ended_at IS NOT NULL;

-- A user's words and names in these videos and their workflows. Its callers see to it that the videos are over.
CREATE FUNCTION video.empty_texts(p_ids text[]) RETURNS void
LANGUAGE plpgsql SET search_path = video, pg_temp AS $$
BEGIN
  UPDATE video v SET prompt = '', original_prompt = '', request = v.request - 'style', session_id = NULL, idempotency_key = NULL,
    fingerprint = '', texts_erased_at = coalesce(v.texts_erased_at, clock_timestamp()), updated_at = clock_timestamp()
  WHERE v.id = ANY (p_ids);
  UPDATE workflow_step s SET prompt_in = '', prompt_out = CASE WHEN s.prompt_out IS NOT NULL THEN '' END WHERE s.video_id = ANY (p_ids);
END $$;

-- As before: videos that are over and whose files are gone. @returns how many
CREATE OR REPLACE FUNCTION video.erase_texts(p_user text, p_limit int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = video, pg_temp AS $$
DECLARE v_ids text[];
BEGIN
  WITH erased AS (
    UPDATE video v SET input = NULL, media = v.media - 'sha256', thumbnail = NULL, erased_at = clock_timestamp()
    WHERE v.id IN (SELECT x.id FROM video x WHERE x.user_id = p_user AND x.erased_at IS NULL
      AND x.state IN ('completed', 'failed', 'cancelled') AND x.media_deleted_at IS NOT NULL LIMIT p_limit)
    RETURNING v.id)
  SELECT array_agg(e.id) INTO v_ids FROM erased e;
  PERFORM empty_texts(v_ids);
  RETURN coalesce(cardinality(v_ids), 0);
END $$;

-- The oldest of those that ended so long ago. Several workers at once take different ones. @returns how many
CREATE FUNCTION video.let_texts_go(p_keep_ms bigint, p_limit int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = video, pg_temp AS $$
DECLARE v_ids text[];
BEGIN
  SELECT array_agg(x.id) INTO v_ids FROM (
    SELECT id FROM video WHERE texts_erased_at IS NULL AND ended_at < clock_timestamp() - p_keep_ms * interval '1 ms'
    ORDER BY ended_at LIMIT p_limit FOR UPDATE SKIP LOCKED) x;
  PERFORM empty_texts(v_ids);
  RETURN coalesce(cardinality(v_ids), 0);
END $$;

REVOKE ALL ON FUNCTION video.empty_texts, video.let_texts_go FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT EXECUTE ON FUNCTION video.let_texts_go TO gateway_app;
END $$;
RESET ROLE;
