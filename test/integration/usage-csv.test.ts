import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.js';
import { RestClient } from '../support/rest-client.js';

const USERS = 2_500;
const FIGURES = `2, 1, 1, 0, 0, 100, 0, 0, 200, 0, 0, 45000000, 0, 0.0225, 0.03, 0, 2, 0, 0`;
let app: TestApp;
let owner: Client;
let admin: RestClient;

beforeAll(async () => {
  app = await startTestApp();
  admin = new RestClient(app.url, app.token('root', ['admin']));
  owner = new Client({ connectionString: app.databaseUrl });
  await owner.connect();
  await owner.query(
    `INSERT INTO usage.day SELECT 'user:u' || u, date '2026-01-02', 'gpt-4', 'openai', 'chat', ${FIGURES} FROM generate_series(1, ${USERS}) u`,
  );
  await owner.query(
    `INSERT INTO usage.day VALUES ('user:=1+1', '2026-01-02', '@model', 'a "provider", no less', 'chat', ${FIGURES})`,
  );
  // more than a report can show: the page that has it fails
  await owner.query(
    `INSERT INTO usage.day SELECT 'user:zzz', date '2026-02-02', model, provider, kind, 1, 1, 0, 0, 0, 1e30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM usage.day LIMIT 1`,
  );
});
afterAll(async () => {
  await owner.end();
  await app.close();
});

const csvOf = (path: string) => admin.get<string>(`/api/mcp/${path}&format=csv`);

test('all users are in it, page after page, as in JSON', async () => {
  const { status, headers, body } = await csvOf('admin/usage?groupBy=user&from=2026-01-01&to=2026-02-01');
  expect([
    status,
    headers.get('content-type'),
    headers.get('content-disposition'),
    headers.get('cache-control'),
  ]).toEqual([
    200,
    'text/csv; charset=utf-8; header=present',
    'attachment; filename="usage-2026-01-01-2026-02-01-by-user.csv"',
    'no-store',
  ]);
  const [header, ...lines] = body.split('\r\n');
  expect(header).toMatch(/^user,requests,completed,failed,.*,marginUsd$/);
  expect(lines.pop()).toBe('');
  expect(new Set(lines.map((line) => line.split(',')[0])).size).toBe(USERS + 1);
  expect(lines[0]).toBe("'=1+1,2,1,1,0,0,100,0,0,200,0,45,0,0,0,0,0,0.0225,0.03,0,-0.0075");
});

test("one's own has no column of the house's, and names that spreadsheets and commas take no part of", async () => {
  const own = new RestClient(app.url, app.token('=1+1'));
  const query = 'format=csv&from=2026-01-01&to=2026-02-01';
  const byModel = (await own.get<string>(`/api/mcp/usage?groupBy=model&${query}`)).body;
  expect(byModel).toMatch(/^model,requests,[^\r]*,videoCredits\r\n'@model,2,[^\r]*\r\n$/);
  const byProvider = (await own.get<string>(`/api/mcp/usage?groupBy=provider&${query}`)).body;
  expect(byProvider.split('\r\n')[1]).toMatch(/^"a ""provider"", no less",2,/);
});

test('without any usage it is its header', async () => {
  const { status, body } = await csvOf('admin/usage?groupBy=user&from=2025-01-01&to=2025-02-01');
  expect([status, body.split('\r\n').length]).toEqual([200, 2]);
});

test('breaks off where a page can not be read, instead of looking whole', async () => {
  const wholeOf = csvOf('admin/usage?groupBy=user&from=2026-01-01&to=2026-03-01');
  await expect(wholeOf).rejects.toThrow('terminated');
});

test('is an error where the first page can not be read', async () => {
  const { status, body } = await admin.get('/api/mcp/admin/usage?userId=zzz&from=2026-02-01&to=2026-03-01&format=csv');
  expect([status, (body as { error?: { code: string } }).error?.code]).toEqual([500, 'INTERNAL']);
});
