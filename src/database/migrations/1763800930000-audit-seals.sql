-- Seals of the audit trail. Each covers the events between two ids, and the holds and entries of the ledger that they tell
-- of; it follows from the seal before it in its chain, and anchors hold the chains together. The digests are keyed by a
-- secret that the database never sees (src/audit/seal computes them, docs/audit.md says what that proves).
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
SET search_path = audit, pg_temp;

-- What an administrator gave as a reason is text about a person. It is sealed as a digest of its own, which takes its place
-- where it is erased: the seal still fits.
ALTER TABLE event ADD COLUMN reason_digest bytea CHECK (octet_length(reason_digest) = 32);
ALTER TABLE ledger.entry ADD COLUMN reason_digest bytea CHECK (octet_length(reason_digest) = 32);

-- The trail is read by time, by who did it, by whom it was done to; what is no AI interaction is rare among them.
DROP INDEX event_actor;
CREATE INDEX event_at      ON event (at, id);
CREATE INDEX event_actor   ON event (actor, at, id);
CREATE INDEX event_subject ON event (subject, at, id);
CREATE INDEX event_act     ON event (at, id) WHERE action NOT LIKE 'ai.%';

-- As before, and for videos: the seconds that were delivered, and what the provider took where it told.
CREATE OR REPLACE FUNCTION note_closed_holds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  INSERT INTO event (actor, action, subject, details)
  SELECT c.account_id, 'ai.' || c.status, c.request_id, jsonb_build_object(
    'type', left(c.terms->>'type', 64), 'model', left(coalesce(c.outcome->>'model', c.terms->>'model'), 128),
    'provider', left(coalesce(c.outcome->>'provider', c.terms->>'provider'), 64),
    'inputTokens', c.outcome->'usage'->'inputTokens', 'outputTokens', c.outcome->'usage'->'outputTokens', 'usageSource', c.outcome->'usageSource',
    'charged', c.charged, 'shortfall', c.shortfall, 'finishReason', left(c.outcome->>'finishReason', 64), 'error', left(c.outcome->>'error', 64))
    || CASE WHEN c.terms->>'type' = 'video' THEN jsonb_strip_nulls(jsonb_build_object('seconds', c.outcome->'seconds',
         'providerCostUsd', left(c.outcome->>'providerCostUsd', 32))) ELSE '{}' END
  FROM closed c WHERE c.status <> 'pending';
  RETURN NULL;
END $$;

-- ---- credits that come in ----------------------------------------------------------------------
-- A charge has its ai.settled; a grant or a refund is an event of its own, in its own transaction, whoever made it.
CREATE FUNCTION note_credit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  INSERT INTO event (actor, action, subject, details) VALUES (NEW.account_id, 'ledger.' || NEW.kind, NEW.idem_key,
    jsonb_build_object('amount', NEW.amount, 'balanceAfter', NEW.balance_after, 'seq', NEW.seq));
  RETURN NULL;
END $$;
CREATE TRIGGER entry_audited AFTER INSERT ON ledger.entry FOR EACH ROW WHEN (NEW.kind <> 'charge') EXECUTE FUNCTION note_credit();
INSERT INTO event (at, actor, action, subject, details)
  SELECT e.created_at, e.account_id, 'ledger.' || e.kind, e.idem_key, jsonb_build_object('amount', e.amount, 'balanceAfter', e.balance_after, 'seq', e.seq)
  FROM ledger.entry e WHERE e.kind <> 'charge' ORDER BY e.created_at, e.account_id, e.seq;

-- ---- seals -------------------------------------------------------------------------------------
CREATE TABLE seal (
  after_event bigint PRIMARY KEY CHECK (after_event >= 0),                   -- the events after this one …
  last_event  bigint NOT NULL UNIQUE CHECK (last_event > after_event),      -- … up to this one: no two seals overlap, none leaves a gap
  chain       text COLLATE "C" NOT NULL CHECK (octet_length(chain) BETWEEN 1 AND 128),  -- the machine that sealed them
  number      bigint NOT NULL CHECK (number > 0),                           -- 1, 2, 3 … in its chain
  events      int    NOT NULL CHECK (events > 0),
  holds       int    NOT NULL CHECK (holds >= 0),
  entries     int    NOT NULL CHECK (entries >= 0),
  sealed_at   timestamptz NOT NULL,
  format      smallint NOT NULL,                                            -- which bytes the digests are of
  key_id      text COLLATE "C" NOT NULL,                                    -- names the secret, tells nothing of it
  leaves      bytea NOT NULL CHECK (octet_length(leaves) = 32),             -- digest of seal_leaves.leaves
  previous    bytea NOT NULL CHECK (octet_length(previous) = 32),           -- digest of the seal before it in its chain
  digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
  UNIQUE (chain, number)
);
CREATE INDEX seal_time ON seal (sealed_at);
-- For each event of a seal its id and the digests of event, hold and entry: they say which row does not fit.
CREATE TABLE seal_leaves (after_event bigint PRIMARY KEY REFERENCES seal, leaves bytea NOT NULL);
ALTER TABLE seal_leaves ALTER COLUMN leaves SET STORAGE EXTERNAL;           -- digests can't be compressed
CREATE TABLE anchor (                                                       -- heads of all chains that went on since the anchor before
  number      bigint PRIMARY KEY CHECK (number > 0),
  last_event  bigint NOT NULL,
  heads       text NOT NULL,                                                -- JSON: [[chain, number, digest in hex], …]
  anchored_at timestamptz NOT NULL,
  format      smallint NOT NULL,
  key_id      text COLLATE "C" NOT NULL,
  previous    bytea NOT NULL CHECK (octet_length(previous) = 32),
  digest      bytea NOT NULL CHECK (octet_length(digest) = 32)
);
CREATE TABLE pruning (                                                      -- events up to last_event are no longer kept; their seals are
  number      bigint PRIMARY KEY CHECK (number > 0),
  last_event  bigint NOT NULL UNIQUE,
  events      bigint NOT NULL,                                              -- of this pruning, as the next two
  holds       bigint NOT NULL,
  entries     bigint NOT NULL,
  pruned_at   timestamptz NOT NULL,
  format      smallint NOT NULL,
  key_id      text COLLATE "C" NOT NULL,
  previous    bytea NOT NULL CHECK (octet_length(previous) = 32),
  digest      bytea NOT NULL CHECK (octet_length(digest) = 32)
);
CREATE FUNCTION pruned_up_to() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = audit, pg_temp AS
$$ SELECT coalesce(max(p.last_event), 0) FROM pruning p $$;

-- Added by one process at a time, under this lock until its transaction ends.
CREATE FUNCTION try_sealing() RETURNS boolean LANGUAGE sql AS $$ SELECT pg_try_advisory_xact_lock(hashtextextended('audit.seal', 0)) $$;
CREATE FUNCTION add_seal(s seal, p_leaves bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  IF s.after_event <> coalesce((SELECT max(x.last_event) FROM seal x), 0) THEN
    RAISE EXCEPTION 'the events after % are sealed already', s.after_event USING ERRCODE = 'AU002';
  END IF;
  INSERT INTO seal SELECT s.*;
  INSERT INTO seal_leaves VALUES (s.after_event, p_leaves);
END $$;
CREATE FUNCTION add_anchor(a anchor) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = audit, pg_temp AS $$ INSERT INTO anchor SELECT a.* $$;
-- Retention: the only way in which events go. The act is an event itself. Not for gateway_app.
CREATE FUNCTION prune(p pruning) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
DECLARE n bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM seal s WHERE s.last_event = p.last_event) OR p.last_event > (SELECT max(a.last_event) FROM anchor a) THEN
    RAISE EXCEPTION 'event % is no end of a seal that is anchored', p.last_event USING ERRCODE = 'AU003';
  END IF;
  INSERT INTO pruning SELECT p.*;
  DELETE FROM seal_leaves l WHERE l.after_event < p.last_event;
  DELETE FROM event e WHERE e.id <= p.last_event;
  GET DIAGNOSTICS n = ROW_COUNT;
  IF n <> p.events THEN RAISE EXCEPTION 'there are % events to prune, not %', n, p.events USING ERRCODE = 'AU003'; END IF;
  INSERT INTO event (actor, action, subject, details) VALUES ('house:retention', 'audit.pruned', p.last_event::text,
    jsonb_build_object('events', p.events, 'holds', p.holds, 'entries', p.entries));
END $$;

-- ---- what the database itself refuses: to everyone, while its triggers are on ------------------
DROP TRIGGER event_append_only ON event;
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION forbid();
CREATE TRIGGER event_no_update BEFORE UPDATE ON event FOR EACH STATEMENT EXECUTE FUNCTION forbid();
CREATE FUNCTION forbid_unpruned() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM gone g WHERE g.id > pruned_up_to()) THEN
    RAISE EXCEPTION 'audit.% is append-only', TG_TABLE_NAME USING ERRCODE = 'AU001';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER event_kept AFTER DELETE ON event REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forbid_unpruned();
CREATE FUNCTION forbid_unpruned_leaves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM gone g WHERE g.after_event >= pruned_up_to()) THEN
    RAISE EXCEPTION 'audit.% is append-only', TG_TABLE_NAME USING ERRCODE = 'AU001';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER leaves_kept AFTER DELETE ON seal_leaves REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forbid_unpruned_leaves();
CREATE TRIGGER leaves_append_only BEFORE UPDATE OR TRUNCATE ON seal_leaves FOR EACH STATEMENT EXECUTE FUNCTION forbid();
CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal FOR EACH STATEMENT EXECUTE FUNCTION forbid();
CREATE TRIGGER anchor_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON anchor FOR EACH STATEMENT EXECUTE FUNCTION forbid();
CREATE TRIGGER pruning_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pruning FOR EACH STATEMENT EXECUTE FUNCTION forbid();

REVOKE ALL ON seal, seal_leaves, anchor, pruning FROM PUBLIC;
REVOKE ALL ON FUNCTION note_credit, pruned_up_to, try_sealing, add_seal, add_anchor, prune, forbid_unpruned, forbid_unpruned_leaves FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT SELECT ON seal, seal_leaves, anchor, pruning TO gateway_app;
  GRANT SELECT ON SEQUENCE event_id_seq TO gateway_app;
  GRANT EXECUTE ON FUNCTION pruned_up_to, try_sealing, add_seal, add_anchor TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
