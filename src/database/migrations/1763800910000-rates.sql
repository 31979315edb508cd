-- What comes before any request, counted over all nodes: handshakes and bad tokens of an address, connections of a user,
-- each until its minute has passed. The columns are rate-limiter-flexible's. Lost with a crash of the database: a minute's worth.
DO $$ BEGIN
  EXECUTE format('SET ROLE %I', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'ledger.hold'::regclass));
END $$;
CREATE UNLOGGED TABLE access.rate (
  key    text COLLATE "C" PRIMARY KEY,   -- '<what is counted>:<address or user>'
  points int NOT NULL,
  expire bigint                          -- when the window ends, in milliseconds since 1970
) WITH (fillfactor = 50);

REVOKE ALL ON access.rate FROM PUBLIC;
DO $$ BEGIN
  IF to_regrole('gateway_app') IS NULL THEN RETURN; END IF;
  GRANT SELECT, INSERT, UPDATE, DELETE ON access.rate TO gateway_app;
END $$;
RESET ROLE;
