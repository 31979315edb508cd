import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { checkDatabase } from '../../src/cli/doctor/database.check.js';
import { checkDatabaseRights } from '../../src/cli/doctor/database-rights.check.js';
import { checkEncryption } from '../../src/cli/doctor/encryption.check.js';
import type { CheckResult } from '../../src/cli/doctor/finding.js';
import { checkLedger } from '../../src/cli/doctor/ledger.check.js';
import { checkLimits } from '../../src/cli/doctor/limits.check.js';
import { checkMigrations } from '../../src/cli/doctor/migrations.check.js';
import { TextCipher } from '../../src/common/encryption/text-cipher.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { choosePort } from '../../src/database/embedded/free-port.js';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import { MIGRATIONS } from '../../src/database/migrations/migration-list.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.js';
import { StoredVideos } from '../support/stored-videos.js';

let database: TestDatabase;
let client: Client;
beforeEach(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

const changed = (change: (url: URL) => void) => {
  const url = new URL(database.url);
  change(url);
  return url.href;
};
const whats = ({ findings }: CheckResult) => findings?.map(({ what }) => what);
const development = parseEnvironment({ NODE_ENV: 'test' });

describe('a database', () => {
  async function foundAt(url: string): Promise<CheckResult> {
    const { client: reached, result } = await checkDatabase(url);
    await reached?.end();
    return result;
  }

  test('that is well has no findings', async () => {
    expect(await foundAt(database.url)).toMatchObject({
      findings: [],
      note: expect.stringMatching(/^PostgreSQL 1[89]$/),
    });
  });

  test.each<[string, (url: URL, port: number) => void, string]>([
    ['at a port where nobody listens', (url, port) => (url.port = `${port}`), 'Nothing listens'],
    ['at a host that nobody knows', (url) => (url.hostname = 'no-such-host.invalid'), 'The host of DATABASE_URL'],
    ['with another password', (url) => (url.password = 'a-wrong-secret'), 'The server refused the password'],
    ['that is not there', (url) => (url.pathname = '/nowhere'), 'The server has no such database'],
  ])('%s is a fault, with what to do', async (_, change, advice) => {
    const port = await choosePort(undefined);
    const { findings } = await foundAt(changed((url) => change(url, port)));
    expect(findings).toEqual([
      { severity: 'fault', what: expect.any(String), advice: expect.stringContaining(advice) },
    ]);
    expect(JSON.stringify(findings)).not.toContain('a-wrong-secret');
  });

  test('by whose clock ours is wrong is a fault', async () => {
    const now = Date.now;
    Date.now = () => now() + 60_000;
    try {
      expect(whats(await foundAt(database.url))).toEqual([
        expect.stringMatching(/^The clock of this machine is (59|60) s ahead of that of the database$/),
      ]);
    } finally {
      Date.now = now;
    }
  });
});

describe('migrations', () => {
  test('that are done have no findings', async () => {
    const { isUpToDate, result } = await checkMigrations(client);
    expect({ isUpToDate, findings: result.findings }).toEqual({ isUpToDate: true, findings: [] });
  });

  test('that are pending are named', async () => {
    const Last = MIGRATIONS.at(-1)!;
    const { name } = new Last();
    await client.query('DELETE FROM public.migrations WHERE name = $1', [name]);
    const { isUpToDate, result } = await checkMigrations(client);
    expect(isUpToDate).toBe(false);
    expect(whats(result)).toEqual([`Migrations are pending: ${name}`]);
  });

  test('of a later version are a warning', async () => {
    await client.query(
      `INSERT INTO public.migrations ("timestamp", name) VALUES (9999999999999, 'Later9999999999999')`,
    );
    expect((await checkMigrations(client)).result.findings).toEqual([
      expect.objectContaining({ severity: 'warning', what: expect.stringContaining('Later9999999999999') }),
    ]);
  });

  test('of an empty database are all pending', async () => {
    const empty = await createEmptyDatabase();
    const other = new Client({ connectionString: empty.url });
    await other.connect();
    const { result } = await checkMigrations(other);
    await other.end();
    await empty.drop();
    expect(whats(result)).toEqual(['The database is empty']);
  });
});

describe('the rights of the user', () => {
  /** The same database, as a user who has little. */
  async function asPoor(look: (poor: Client) => Promise<CheckResult>): Promise<CheckResult> {
    const name = `poor_${randomUUID().slice(0, 8)}`;
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret' NOCREATEROLE`);
    await client.query(`GRANT CONNECT ON DATABASE ${new URL(database.url).pathname.slice(1)} TO ${name}`);
    const poor = new Client({
      connectionString: changed((url) => {
        url.username = name;
        url.password = 'secret';
      }),
    });
    await poor.connect();
    try {
      return await look(poor);
    } finally {
      await poor.end();
      await client.query(`DROP OWNED BY ${name}`);
      await client.query(`DROP ROLE ${name}`);
    }
  }

  test('suffice where it may become gateway_app', async () => {
    expect((await checkDatabaseRights(client, false)).findings).toEqual([]);
  });

  test('of a superuser are a warning in production', async () => {
    expect(whats(await checkDatabaseRights(client, true))).toEqual([expect.stringContaining('is a superuser')]);
  });

  test('that suffice for nothing are told', async () => {
    expect(whats(await asPoor((poor) => checkDatabaseRights(poor, false)))).toEqual([
      expect.stringContaining('may not create schemas'),
      expect.stringContaining('There is no role gateway_app that'),
    ]);
  });
});

describe('the ledger', () => {
  test('of a new installation adds up', async () => {
    expect(await checkLedger(client)).toMatchObject({ findings: [] });
  });

  test('with a balance that nobody was granted does not', async () => {
    await client.query(`SELECT * FROM ledger.grant_credits(ARRAY['user:ann'], ARRAY['k'], ARRAY[10]::bigint[])`);
    await client.query(`SET session_replication_role = replica`);
    await client.query(`UPDATE ledger.account SET posted = posted + 5 WHERE id = 'user:ann'`);
    const { findings } = await checkLedger(client);
    expect(findings!.length).toBeGreaterThan(0);
    expect(findings![0]).toMatchObject({ severity: 'fault', what: expect.stringContaining('does not add up') });
  });

  test('with a hold that nobody gives back is told', async () => {
    await client.query(`SELECT * FROM ledger.grant_credits(ARRAY['user:bob'], ARRAY['k'], ARRAY[10]::bigint[])`);
    await client.query(`SELECT ledger.beat('n', 60000)`);
    await client.query(
      `SELECT * FROM ledger.hold_batch('n', ARRAY['user:bob'], ARRAY['ws:1'], ARRAY['f'], ARRAY[1]::bigint[], ARRAY[60000],
       ARRAY['{"promptTokens":1,"reap":{"prompt":1,"token":1}}'])`,
    );
    expect((await checkLedger(client)).findings).toEqual([]);
    await client.query(`SET session_replication_role = replica`);
    await client.query(`UPDATE ledger.hold SET expires_at = expires_at - interval '10 minutes'`);
    expect(whats(await checkLedger(client))).toEqual(['1 holds are past their deadline, and nobody gives them back']);
  });
});

describe('encryption', () => {
  const KEYS = `first:${Buffer.alloc(32, 1).toString('base64')}`;
  const found = (variables: Record<string, string>) =>
    checkEncryption(parseEnvironment({ NODE_ENV: 'test', ...variables }), client);

  test('is told of, and a key that is missing is a fault for each kind of texts', async () => {
    expect(await found({})).toEqual({ check: 'encryption', findings: [], note: 'off: texts are kept as they are' });
    const pool = new LedgerPool({ connectionString: database.url });
    const videos = new StoredVideos(pool, new TextCipher(parseEnvironment({ ENCRYPTION_KEYS: KEYS }).encryption));
    await videos.videoIn('queued').finally(() => pool.close());
    expect(await found({ ENCRYPTION_KEYS: KEYS })).toMatchObject({
      findings: [],
      note: 'texts are put under key first',
    });
    for (const others of [{}, { ENCRYPTION_KEYS: KEYS.replace('first', 'second') }])
      expect(whats(await found(others as Record<string, string>))).toEqual([
        "2 texts of videos can't be read: they are under key first, which is not configured",
      ]);
  });
});

describe('limits', () => {
  test('bite in a test hold, of which nothing stays', async () => {
    expect((await checkLimits(development, client)).findings).toEqual([]);
    const { rows } = await client.query(
      `SELECT (SELECT count(*) FROM ledger.account WHERE id LIKE 'user:doctor-%') + (SELECT count(*) FROM ledger.hold)
         + (SELECT count(*) FROM ledger.node WHERE id LIKE 'doctor-%') + (SELECT count(*) FROM audit.event) AS left`,
    );
    expect(rows).toEqual([{ left: '0' }]);
  });

  test('that do not bite any more are a fault', async () => {
    await client.query(
      `CREATE OR REPLACE FUNCTION access.exceeded(l access.user_limit, p_node text, p_amount bigint, p_tokens bigint) RETURNS jsonb
       LANGUAGE sql AS $$ SELECT NULL::jsonb $$`,
    );
    expect(whats(await checkLimits(development, client))).toEqual([
      "A limit of one request a minute does not bite: two test holds came to 'held' and 'held'",
    ]);
  });

  const production = {
    NODE_ENV: 'production',
    DATABASE_URL: 'postgres://db/x',
    JWT_SECRET: 'a secret of more than thirty-two bytes',
    AUDIT_SECRET: 'a secret of more than thirty-two bytes',
    ENCRYPTION: 'off',
    OPENAI_API_KEY: 'key',
  };
  test.each([
    [{ NODE_ENV: 'development', RATE_LIMITS: 'off' }, 'RATE_LIMITS is off'],
    [{ NODE_ENV: 'test', TRUST_PROXY: 'true' }, 'TRUST_PROXY is true'],
    [{ ...production, PUBLIC_URL: 'https://gateway.example' }, 'TLS ends at a proxy'],
  ])('by settings: %j', async (variables, what) => {
    expect(whats(await checkLimits(parseEnvironment(variables), undefined))).toEqual([expect.stringContaining(what)]);
  });
});
