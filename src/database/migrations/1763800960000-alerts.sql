-- What alerts are raised by, and the alerts: `alerting`. Nothing that money depends on.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
CREATE SCHEMA alerting;
SET search_path = alerting, pg_temp;
ALTER DEFAULT PRIVILEGES IN SCHEMA alerting REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- What each node counted in some seconds. A slot is written whole, once: written again it changes nothing.
CREATE TABLE sample (
  node  text COLLATE "C" NOT NULL,                 -- one id per process start
  slot  int NOT NULL,                              -- 1, 2, 3 … per node
  name  text COLLATE "C" NOT NULL,
  label text COLLATE "C" NOT NULL,
  at    timestamptz NOT NULL,                      -- when it ended, by the database's clock
  value float8 NOT NULL,
  PRIMARY KEY (node, slot, name, label)
);
CREATE INDEX sample_recent ON sample (name, at) INCLUDE (node, label, value);

-- What was found out last by those who look seldom.
CREATE TABLE finding (
  name    text COLLATE "C" NOT NULL,
  label   text COLLATE "C" NOT NULL,
  value   float8 NOT NULL,
  at      timestamptz NOT NULL,
  PRIMARY KEY (name, label)
);

CREATE TABLE alert (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule        text COLLATE "C" NOT NULL,
  labels      jsonb NOT NULL,
  severity    text NOT NULL,
  state       text NOT NULL CHECK (state IN ('pending', 'firing', 'resolved')),
  summary     text NOT NULL,
  value       float8 NOT NULL,
  threshold   float8 NOT NULL,
  began_at    timestamptz NOT NULL,                -- when it was so first
  fired_at    timestamptz,                         -- when it had been so for long enough
  well_since  timestamptz,                         -- firing, but well again since then
  resolved_at timestamptz,
  notified_at timestamptz,                         -- when whoever is to know was told last
  changes     int NOT NULL DEFAULT 0,              -- how often they were told
  CHECK ((state = 'pending') = (fired_at IS NULL)),
  CHECK ((state = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE UNIQUE INDEX alert_once ON alert (rule, labels) WHERE state <> 'resolved';

-- What each webhook is to be told, in order, and what became of it.
CREATE TABLE notification (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id     bigint NOT NULL REFERENCES alert ON DELETE CASCADE,
  change       int NOT NULL,                       -- 1, 2, 3 … per alert
  kind         text NOT NULL CHECK (kind IN ('fired', 'repeated', 'resolved')),
  webhook      text COLLATE "C" NOT NULL,          -- its name in the configuration
  message_id   text NOT NULL DEFAULT 'msg_' || replace(gen_random_uuid()::text, '-', ''),
  body         text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  due_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempts     int NOT NULL DEFAULT 0,
  error        text,                               -- of the last attempt
  delivered_at timestamptz,
  given_up_at  timestamptz,
  UNIQUE (alert_id, webhook, change)
);
CREATE INDEX notification_due ON notification (due_at) WHERE delivered_at IS NULL AND given_up_at IS NULL;

-- ---- what alerts look for in the ledger ----------------------------------------------------------
SET search_path = ledger, pg_temp;
CREATE INDEX hold_short ON hold (closed_at) WHERE shortfall > 0;
-- Tokens are written down, and no price of them is: that of whoever answered, or of the first choice where the node was lost.
-- There is no such request unless a program is wrong.
CREATE FUNCTION is_unpriced(p_terms jsonb, p_outcome jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT NOT coalesce(p_outcome ? 'price', false)
    AND coalesce(p_outcome->'usage'->>'inputTokens', '0') || coalesce(p_outcome->'usage'->>'outputTokens', '0') <> '00'
    AND NOT (coalesce(p_outcome->>'usageSource', '') = 'reaper' AND coalesce(p_terms ? 'price', false)) $$;
CREATE INDEX hold_unpriced ON hold (closed_at) WHERE status <> 'pending' AND ledger.is_unpriced(terms, outcome);

REVOKE ALL ON SCHEMA alerting FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA alerting FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT USAGE ON SCHEMA alerting TO gateway_app;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA alerting TO gateway_app;
  GRANT EXECUTE ON FUNCTION ledger.is_unpriced TO gateway_app;
END $$;
RESET ROLE;
RESET search_path;
