-- What operators said of providers' circuits: the last word on each, numbered, so that a node that missed the message, or
-- starts later, does as the others do. An order of 'open' holds until the next one; the others are done once by each node.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
CREATE SCHEMA operations;
SET search_path = operations, pg_temp;
ALTER DEFAULT PRIVILEGES IN SCHEMA operations REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE SEQUENCE circuit_revision;
CREATE TABLE circuit_order (
  kind     text COLLATE "C" NOT NULL CHECK (kind IN ('text', 'video')),
  target   text COLLATE "C" NOT NULL CHECK (octet_length(target) BETWEEN 1 AND 200),   -- a provider, or one of its deployments: 'azure/eu'
  action   text COLLATE "C" NOT NULL CHECK (action IN ('open', 'close', 'reset')),
  revision bigint NOT NULL,                                                            -- of two orders that a deployment falls under the later one holds
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor    text COLLATE "C" NOT NULL CHECK (octet_length(actor) BETWEEN 1 AND 160),    -- the administrator's sub
  reason   text CHECK (octet_length(reason) <= 2000),
  PRIMARY KEY (kind, target)
);

-- One order at a time: whoever is numbered later has come later.
CREATE FUNCTION give_circuit_order(p_kind text, p_target text, p_action text, p_actor text, p_reason text) RETURNS circuit_order
LANGUAGE plpgsql SECURITY DEFINER SET search_path = operations, pg_temp AS $$
DECLARE v circuit_order;
BEGIN
  LOCK TABLE circuit_order IN SHARE ROW EXCLUSIVE MODE;
  INSERT INTO circuit_order AS o (kind, target, action, revision, actor, reason)
  VALUES (p_kind, p_target, p_action, nextval('circuit_revision'), p_actor, p_reason)
  ON CONFLICT (kind, target) DO UPDATE SET action = excluded.action, revision = excluded.revision, at = excluded.at,
    actor = excluded.actor, reason = excluded.reason
  RETURNING * INTO v;
  RETURN v;
END $$;

REVOKE ALL ON SCHEMA operations FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA operations FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA operations FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT USAGE ON SCHEMA operations TO gateway_app;
  GRANT SELECT ON circuit_order TO gateway_app;
  GRANT EXECUTE ON FUNCTION give_circuit_order TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
