-- Streams that are to stop: cancelled through another node than the one that writes them, or of an account that was
-- frozen. The wish is kept with the hold, so that whoever writes the stream finds it, however long the way to it is.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = ledger, pg_temp;

ALTER TABLE hold ADD COLUMN stop_why text CHECK (stop_why IN ('cancelled', 'frozen'));
CREATE INDEX hold_to_stop ON hold (node_id) WHERE status = 'pending' AND stop_why IS NOT NULL;

-- asked | closed | unknown; the first reason stays
CREATE FUNCTION request_stop(p_account text, p_request text, p_why text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  UPDATE hold h SET stop_why = coalesce(h.stop_why, p_why) WHERE h.account_id = p_account AND h.request_id = p_request AND h.status = 'pending';
  IF FOUND THEN RETURN 'asked'; END IF;
  RETURN CASE WHEN EXISTS (SELECT FROM hold h WHERE h.account_id = p_account AND h.request_id = p_request) THEN 'closed' ELSE 'unknown' END;
END $$;

-- what is held of a frozen account is stopped with it; an account that is unfrozen first goes on. Locks as everywhere:
-- the account, then its holds in order.
CREATE OR REPLACE FUNCTION freeze(p_account text, p_why text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
  UPDATE account a SET frozen = true, frozen_why = p_why WHERE a.id = p_account AND a.id LIKE 'user:%';
  IF NOT FOUND THEN RETURN 'no_account'; END IF;
  PERFORM 1 FROM hold h WHERE h.account_id = p_account AND h.status = 'pending' ORDER BY h.request_id FOR NO KEY UPDATE;
  UPDATE hold h SET stop_why = 'frozen' WHERE h.account_id = p_account AND h.status = 'pending' AND h.stop_why IS NULL;
  RETURN 'frozen';
END $$;
CREATE OR REPLACE FUNCTION unfreeze(p_account text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
  UPDATE account a SET frozen = false, frozen_why = NULL WHERE a.id = p_account;
  IF NOT FOUND THEN RETURN 'no_account'; END IF;
  PERFORM 1 FROM hold h WHERE h.account_id = p_account AND h.status = 'pending' ORDER BY h.request_id FOR NO KEY UPDATE;
  UPDATE hold h SET stop_why = NULL WHERE h.account_id = p_account AND h.status = 'pending' AND h.stop_why = 'frozen';
  RETURN 'active';
END $$;

-- Durable requests wait for a worker under this owner. Its lease has no end, so the reaper leaves them until their own
-- deadline; nothing of them is logged before their end, so whoever writes that end first is the one who answered.
INSERT INTO node (id, lease_until) VALUES ('queue', 'infinity');

-- The answers of durable requests, kept longer than the log keeps a stream, for callers that come back for them.
CREATE TABLE durable_answer (
  account_id text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  frame      text NOT NULL,                        -- the terminal frame, as sent
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (account_id, request_id)
);
CREATE INDEX durable_answer_age ON durable_answer (created_at);
-- Part of the transaction that ends the request, whoever ends it (a worker, a cancel, the reaper): deferred to its end,
-- as close_one writes the frame after the hold.
CREATE FUNCTION keep_durable_answer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
  INSERT INTO durable_answer (account_id, request_id, frame)
  SELECT c.account_id, c.request_id, c.frames FROM stream_chunk c
  WHERE c.bucket = NEW.bucket AND c.account_id = NEW.account_id AND c.request_id = NEW.request_id AND c.terminal
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER hold_answer_kept AFTER UPDATE ON hold DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.node_id = 'queue' AND NEW.status <> 'pending') EXECUTE FUNCTION keep_durable_answer();

-- how many answers were dropped because nobody may ask for them any more
CREATE FUNCTION drop_durable_answers(p_keep_ms bigint) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
  WITH d AS (DELETE FROM durable_answer WHERE created_at < clock_timestamp() - p_keep_ms * interval '1 ms' RETURNING 1)
  SELECT count(*) FROM d $$;

REVOKE ALL ON durable_answer FROM PUBLIC;
REVOKE ALL ON FUNCTION request_stop, keep_durable_answer, drop_durable_answers FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT SELECT ON durable_answer TO gateway_app;
  GRANT EXECUTE ON FUNCTION request_stop, drop_durable_answers TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
