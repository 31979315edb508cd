-- What an administrator gave as a reason can be erased: its keyed digest takes its place, and the seal still fits.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = audit, pg_temp;

-- Whatever is no answer of a model is rare: refusals too.
DROP INDEX event_act;
CREATE INDEX event_act ON event (at, id) WHERE action <> 'ai.settled' AND action <> 'ai.released';

-- The one change that a row of the trail or the ledger may see.
CREATE FUNCTION is_erasure(p_old jsonb, p_new jsonb, p_column text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(p_old->p_column ? 'reason' AND p_old->'reason_digest' = 'null'
    AND p_new - 'reason_digest' = jsonb_set(p_old - 'reason_digest', ARRAY[p_column], (p_old->p_column) - 'reason'), false) $$;
CREATE FUNCTION forbid_but_erasure() RETURNS trigger LANGUAGE plpgsql SET search_path = audit, pg_temp AS $$
BEGIN
  IF is_erasure(to_jsonb(OLD), to_jsonb(NEW), TG_ARGV[0]) THEN RETURN NEW; END IF;
  RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = TG_ARGV[1];
END $$;
DROP TRIGGER event_no_update ON event;
CREATE TRIGGER event_no_update BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION forbid_but_erasure('details', 'AU001');
DROP TRIGGER entry_append_only ON ledger.entry;
CREATE TRIGGER entry_append_only BEFORE DELETE ON ledger.entry FOR EACH ROW EXECUTE FUNCTION ledger.forbid();
CREATE TRIGGER entry_no_update BEFORE UPDATE ON ledger.entry FOR EACH ROW EXECUTE FUNCTION forbid_but_erasure('meta', 'LG001');

-- Waits for the sealer: what it is about to seal must not change under its hands.
CREATE FUNCTION begin_erasure() RETURNS void LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(hashtextextended('audit.seal', 0)) $$;
-- A digest is NULL where the row is not sealed yet. A wrong one is found by the next verification.
CREATE FUNCTION erase_event_reasons(p_id bigint[], p_digest bytea[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
  UPDATE event e SET details = e.details - 'reason', reason_digest = u.d FROM unnest(p_id, p_digest) u(i, d) WHERE e.id = u.i $$;
CREATE FUNCTION erase_entry_reasons(p_account text, p_seq bigint[], p_digest bytea[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
  UPDATE ledger.entry n SET meta = n.meta - 'reason', reason_digest = u.d FROM unnest(p_seq, p_digest) u(s, d) WHERE n.account_id = p_account AND n.seq = u.s $$;

REVOKE ALL ON FUNCTION is_erasure, forbid_but_erasure, begin_erasure, erase_event_reasons, erase_entry_reasons FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT EXECUTE ON FUNCTION begin_erasure, erase_event_reasons, erase_entry_reasons TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
