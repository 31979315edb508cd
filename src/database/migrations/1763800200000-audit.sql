-- The audit trail: who did what, with which outcome, at what cost; never the text of a request or an answer. Append-only.
-- What the ledger closes is recorded by the database itself, in the transaction that closes it; the gateway adds what
-- never reached the ledger (refusals) and what administrators do.
-- Its owner is the ledger's (a role of its own where there is one), so the trigger below has that role's rights alone.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
CREATE SCHEMA audit;
SET search_path = audit, pg_temp;
ALTER DEFAULT PRIVILEGES IN SCHEMA audit REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE TABLE event (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor   text COLLATE "C" NOT NULL CHECK (octet_length(actor) BETWEEN 1 AND 160),      -- user:<sub>
  action  text COLLATE "C" NOT NULL CHECK (octet_length(action) BETWEEN 1 AND 64),      -- ai.settled, ai.refused, admin.grant …
  subject text COLLATE "C" NOT NULL DEFAULT '' CHECK (octet_length(subject) <= 160),    -- a request id, or whom it was done to
  key     uuid,                                                                         -- of what the gateway writes: a repeated write is one event
  details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object' AND pg_column_size(details) <= 8192)
);
CREATE UNIQUE INDEX event_once ON event (key) WHERE key IS NOT NULL;
CREATE INDEX event_actor ON event (actor, id);

CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit.% is append-only', TG_TABLE_NAME USING ERRCODE = 'AU001'; END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION forbid();

-- ---- AI interactions ---------------------------------------------------------------------------
-- One event per closed hold, exactly once: a hold leaves 'pending' once (ledger.hold_once), and this is part of the
-- transaction that does it, whoever does (finish_batch, close_one, reap). Other updates of holds find no closed row.
CREATE FUNCTION note_closed_holds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  INSERT INTO event (actor, action, subject, details)
  SELECT c.account_id, 'ai.' || c.status, c.request_id, jsonb_build_object(
    'type', left(c.terms->>'type', 64), 'model', left(coalesce(c.outcome->>'model', c.terms->>'model'), 128),
    'provider', left(coalesce(c.outcome->>'provider', c.terms->>'provider'), 64),
    'inputTokens', c.outcome->'usage'->'inputTokens', 'outputTokens', c.outcome->'usage'->'outputTokens', 'usageSource', c.outcome->'usageSource',
    'charged', c.charged, 'shortfall', c.shortfall, 'finishReason', left(c.outcome->>'finishReason', 64), 'error', left(c.outcome->>'error', 64))
  FROM closed c WHERE c.status <> 'pending';
  RETURN NULL;
END $$;
CREATE TRIGGER hold_audited AFTER UPDATE ON ledger.hold REFERENCING NEW TABLE AS closed FOR EACH STATEMENT EXECUTE FUNCTION note_closed_holds();

-- ---- what the gateway adds: arrays in, one statement; a key that is there already is skipped ----
CREATE FUNCTION record(p_at timestamptz[], p_actor text[], p_action text[], p_subject text[], p_key uuid[], p_details text[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
DECLARE n int;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  INSERT INTO event (at, actor, action, subject, key, details)
  SELECT u.a, u.b, u.c, u.d, u.e, u.f::jsonb FROM unnest(p_at, p_actor, p_action, p_subject, p_key, p_details) u(a, b, c, d, e, f)
  ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;

REVOKE ALL ON SCHEMA audit FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT USAGE ON SCHEMA audit TO gateway_app;
  GRANT SELECT ON event TO gateway_app;
  GRANT EXECUTE ON FUNCTION record TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
