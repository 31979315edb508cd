import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { connect, type SocketClient } from '../support/socket-client.js';

/** Whatever looks at revocations fails, and each failure is counted (a sequence isn't rolled back). */
const BREAK = `
  CREATE SEQUENCE public.failed_look;
  CREATE FUNCTION public.failed_look() RETURNS SETOF access.revocation LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    PERFORM nextval('public.failed_look');
    RAISE 'revocations can not be read';
  END $$;
  ALTER TABLE access.revocation RENAME TO revocation_away;
  CREATE VIEW access.revocation AS SELECT * FROM public.failed_look();
  GRANT SELECT ON access.revocation TO gateway_app;`;
const MEND = `
  DROP VIEW access.revocation;
  ALTER TABLE access.revocation_away RENAME TO revocation;
  DROP FUNCTION public.failed_look();
  DROP SEQUENCE public.failed_look;`;
const WITHIN_MS = 20_000;

let gateway: TestApp;
let database: Client;

beforeAll(async () => {
  gateway = await startTestApp();
  database = new Client({ connectionString: gateway.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await gateway.close();
});

const newUser = () => `u-${randomUUID()}`;
const open = (user: string) => connect(gateway.wsUrl, gateway.token(user));
const shutOut = (user: string) => database.query('INSERT INTO access.revocation (name) VALUES ($1)', [`user:${user}`]);
const isShutOut = (socket: SocketClient) => expect(socket.closed(WITHIN_MS)).resolves.toMatchObject({ code: 4403 });
/** Held past the gateway by a node that lives, as if it had been about to be held when its user was shut out. */
const holdLate = async (user: string) => {
  await database.query(`SELECT ledger.beat('another', 600000)`);
  return database.query(
    `SELECT result FROM ledger.hold_batch('another', ARRAY[$1], ARRAY['ws:late'], ARRAY['f'], ARRAY[1]::bigint[], ARRAY[600000], ARRAY['{}'])`,
    [`user:${user}`],
  );
};
const stopWhy = async (user: string) =>
  (await database.query('SELECT stop_why FROM ledger.hold WHERE account_id = $1', [`user:${user}`])).rows;

describe('answers of a user who is shut out', () => {
  it('are stopped, too, where the looks that should have done it failed', async () => {
    const user = newUser();
    const grant = `SELECT ledger.grant_credits(ARRAY[$1], ARRAY['g'], ARRAY[1000000]::bigint[])`;
    await database.query(grant, [`user:${user}`]);
    const socket = await open(user);
    await shutOut(user);
    await isShutOut(socket);
    await database.query(BREAK);
    try {
      expect((await holdLate(user)).rows).toEqual([{ result: 'held' }]);
      await eventually(async () => {
        const { rows } = await database.query('SELECT last_value::int AS n FROM public.failed_look');
        expect(rows[0].n).toBeGreaterThanOrEqual(3);
      }, WITHIN_MS);
    } finally {
      await database.query(MEND);
    }
    await eventually(async () => expect(await stopWhy(user)).toEqual([{ stop_why: 'cancelled' }]), WITHIN_MS);
  });
});
