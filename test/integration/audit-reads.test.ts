import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.js';
import { RestClient } from '../support/rest-client.js';

let app: TestApp;
let database: Client;
let admin: RestClient;

beforeAll(async () => {
  app = await startTestApp();
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
  admin = new RestClient(app.url, app.token('root', ['admin']));
});
afterAll(async () => {
  await database.end();
  await app.close();
});

async function reads(): Promise<unknown[]> {
  const { rows } = await database.query(
    `SELECT actor, subject, details FROM audit.event WHERE action = 'admin.usage.read' ORDER BY id`,
  );
  return rows;
}

test('who reads the usage of a user, or of users by name, is noted; sums over everybody are not', async () => {
  const period = 'from=2026-01-01&to=2026-02-01';
  const dates = { from: '2026-01-01', to: '2026-02-01' };
  for (const query of ['userId=alice&groupBy=day&format=json', 'groupBy=user&format=csv', 'groupBy=model'])
    expect(await admin.get(`/api/mcp/admin/usage?${query}&${period}`)).toMatchObject({ status: 200 });
  expect(await reads()).toEqual([
    { actor: 'user:root', subject: 'alice', details: { groupBy: 'day', format: 'json', ...dates } },
    { actor: 'user:root', subject: '', details: { groupBy: 'user', format: 'csv', ...dates } },
  ]);
});

test('a reading that is refused is none', async () => {
  const before = await reads();
  expect(await admin.get('/api/mcp/admin/usage?userId=alice&groupBy=nonsense')).toMatchObject({ status: 400 });
  expect(await reads()).toEqual(before);
});
