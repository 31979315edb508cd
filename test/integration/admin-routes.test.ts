import { Client } from 'pg';
import type { EntriesResponse } from '../../src/account/credits.dto.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { RestClient } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';

let app: TestApp;
let admin: RestClient;
let database: Client;
const accountPath = (user: string) => `/api/mcp/admin/accounts/${encodeURIComponent(user)}`;
const grant = (user: string, body: object) => admin.post(`${accountPath(user)}/grants`, body);
const order = (changes: object = {}) => ({ credits: 100, reason: 'a gift', idempotencyKey: 'k-1', ...changes });

/** The trail of what was done to a user. */
async function actsOn(user: string): Promise<unknown[]> {
  const { rows } = await database.query(
    "SELECT actor, action, subject, details FROM audit.event WHERE subject = $1 AND action LIKE 'admin.%' ORDER BY at",
    [user],
  );
  return rows;
}

beforeAll(async () => {
  app = await startTestApp({ SIGNUP_CREDITS: '0' });
  admin = new RestClient(app.url, app.token('root', ['admin']));
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await app.close();
});

describe('a grant', () => {
  test('adds credits once per key, and tells its owner why', async () => {
    const granted = { balance: 100, available: 100 };
    expect(await grant('alice', order())).toMatchObject({ status: 201, body: { result: 'granted', ...granted } });
    expect(await grant('alice', order())).toMatchObject({ status: 201, body: { result: 'duplicate', ...granted } });
    const { body } = await new RestClient(app.url, app.token('alice')).get<EntriesResponse>('/api/mcp/credits/entries');
    expect(body.entries).toEqual([
      expect.objectContaining({ kind: 'grant', amount: 100, reason: 'a gift', reference: 'admin:k-1' }),
    ]);
  });

  test('of another amount under the same key is a conflict and changes nothing', async () => {
    await grant('carol', order());
    const second = await grant('carol', order({ credits: 100.000001 }));
    expect(second).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
    expect((await admin.get(accountPath('carol'))).body).toMatchObject({ balance: 100 });
  });

  test('given many times at once is given once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => grant('dave', order())));
    expect(answers.map(({ body }) => body['result']).sort()).toEqual([...Array(19).fill('duplicate'), 'granted']);
    expect((await admin.get(accountPath('dave'))).body).toMatchObject({ balance: 100 });
  });

  test('is in the audit trail with who, whom, how much and the key; the entry names the administrator', async () => {
    await grant('erin', order({ credits: 0.25 }));
    expect(await actsOn('erin')).toEqual([
      {
        actor: 'user:root',
        action: 'admin.grant',
        subject: 'erin',
        details: { credits: 0.25, idempotencyKey: 'k-1', reason: 'a gift' },
      },
    ]);
    const { rows } = await database.query("SELECT meta FROM ledger.entry WHERE account_id = 'user:erin'");
    expect(rows).toEqual([{ meta: { reason: 'a gift', grantedBy: 'root' } }]);
  });

  test("can't take the key of the signup credits", async () => {
    await grant('frank', order({ idempotencyKey: 'signup' }));
    const { rows } = await database.query("SELECT idem_key FROM ledger.entry WHERE account_id = 'user:frank'");
    expect(rows).toEqual([{ idem_key: 'grant:admin:signup' }]);
  });

  test.each([0.000001, 0.1, 999_999_999, 123456789.123456])('of %d credits is exact', async (credits) => {
    const user = `exact ${credits}`;
    expect(await grant(user, order({ credits }))).toMatchObject({ status: 201, body: { balance: credits } });
    const { rows } = await database.query('SELECT posted::text FROM ledger.account WHERE id = $1', [`user:${user}`]);
    expect(rows).toEqual([{ posted: Math.round(credits * 1e6).toString() }]);
  });

  test.each([
    ['credits', '0'],
    ['credits', '-1'],
    ['credits', '0.1234567'],
    ['credits', '1e21'],
    ['credits', '1e999'],
    ['credits', '1000000000'],
    ['credits', '"5"'],
    ['credits', 'null'],
    ['credits', '[5]'],
    ['credits', 'true'],
    ['reason', '""'],
    ['reason', '"  "'],
    ['reason', '"\\u0000"'],
    ['reason', JSON.stringify('x'.repeat(501))],
    ['reason', '7'],
    ['idempotencyKey', '""'],
    ['idempotencyKey', '"é"'],
    ['idempotencyKey', JSON.stringify('k'.repeat(129))],
    ['idempotencyKey', '1'],
    ['note', '"unknown"'],
  ])('with %s %s is refused, naming the field', async (field, json) => {
    const fields = { credits: '1', reason: '"r"', idempotencyKey: '"k"', [field]: json };
    const body = `{${Object.entries(fields)
      .map(([name, value]) => `"${name}":${value}`)
      .join()}}`;
    const answer = await admin.ask('POST', `${accountPath('grace')}/grants`, body);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: { fields: [{ field }] } } },
    });
  });

  test('beyond the cap of an account is refused', async () => {
    await grant('heidi', order({ credits: 999_999_999 }));
    const { status, body } = await grant('heidi', order({ credits: 1, idempotencyKey: 'k-2' }));
    expect(status).toBe(400);
    expect(body.error!.message).toContain('credits');
    expect(await grant('heidi', order({ credits: 0.999999, idempotencyKey: 'k-3' }))).toMatchObject({ status: 201 });
  });
});

describe('an account', () => {
  test('of a user who has none is not found, and none is made by looking', async () => {
    expect(await admin.get(accountPath('ivan'))).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    expect(await admin.post(`${accountPath('ivan')}/freeze`, { reason: 'r' })).toMatchObject({ status: 404 });
    expect(await admin.post(`${accountPath('ivan')}/unfreeze`)).toMatchObject({ status: 404 });
    expect(await admin.get(accountPath('ivan'))).toMatchObject({ status: 404 });
    expect(await actsOn('ivan')).toEqual([]);
  });

  test('that is frozen holds nothing new until it is unfrozen', async () => {
    await grant('judy', order());
    const frozen = await admin.post(`${accountPath('judy')}/freeze`, { reason: 'a dispute' });
    expect(frozen).toMatchObject({ status: 200, body: { userId: 'judy', frozen: true, reason: 'a dispute' } });
    const client = await connect(app.wsUrl, app.token('judy'));
    const messages = [{ role: 'user', content: '[[sim completion=1 gap=0]]' }];
    const request = { type: 'chat', provider: 'auto', model: 'gpt-4', messages, stream: true };
    expect(await client.ask({ id: 'j-1', ...request })).toMatchObject({ type: 'error', error: { code: 'FORBIDDEN' } });
    const unfrozen = await admin.post(`${accountPath('judy')}/unfreeze`);
    expect(unfrozen).toMatchObject({ status: 200, body: { frozen: false, reason: null, balance: 100 } });
    expect(await client.ask({ id: 'j-2', ...request })).toMatchObject({ type: 'done' });
    await client.close();
    expect(await actsOn('judy')).toMatchObject([
      { action: 'admin.grant' },
      { action: 'admin.freeze', actor: 'user:root', details: { reason: 'a dispute' } },
      { action: 'admin.unfreeze' },
    ]);
  });

  test.each(['é', 'x'.repeat(129), ' alice'])('can not belong to %j', async (user) => {
    expect(await admin.get(accountPath(user))).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: { fields: [{ field: 'userId' }] } } },
    });
  });
});

test.each([['user'], ['service'], ['stranger']])('nobody with the role %s gets in', async (role) => {
  const client = new RestClient(app.url, app.token('mallory', [role]));
  const path = accountPath('mallory');
  const answers = [
    await client.get(path),
    await client.post(`${path}/grants`, order()),
    await client.post(`${path}/freeze`, { reason: 'r' }),
    await client.post(`${path}/unfreeze`),
  ];
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  expect(await admin.get(path)).toMatchObject({ status: 404 });
});
