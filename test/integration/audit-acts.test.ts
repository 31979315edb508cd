import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { describeApi } from '../../src/application.js';
import { AuditKeys } from '../../src/audit/audit-keys.js';
import { AuditSealer } from '../../src/audit/seal/audit-sealer.service.js';
import { inSnapshot } from '../../src/audit/verify/in-snapshot.js';
import { describeFault } from '../../src/audit/verify/trail-fault.js';
import { verifyTrail } from '../../src/audit/verify/verify-trail.js';
import { createDataSource } from '../../src/database/data-source.js';
import { startTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';
import { generate } from '../support/videos.js';

/**
 * One call of every administrative route that does something: an act leaves an event that names who did it, and none where
 * it was refused. A new route is added here.
 */
const ACTS: Record<string, { body?: object; query?: string; action: string; subject: string; refused?: object }> = {
  'POST /api/mcp/admin/accounts/{userId}/grants': {
    body: { credits: 5, reason: 'a gift', idempotencyKey: 'k' },
    refused: { credits: -5, reason: 'a gift', idempotencyKey: 'k' },
    ...{ action: 'admin.grant', subject: 'alice' },
  },
  'POST /api/mcp/admin/accounts/{userId}/freeze': {
    body: { reason: 'a test' },
    refused: { reason: '' },
    ...{ action: 'admin.freeze', subject: 'alice' },
  },
  'PATCH /api/mcp/admin/accounts/{userId}/limits': {
    body: { requestsPerMinute: 60 },
    refused: { requestsPerMinute: -1 },
    ...{ action: 'admin.limits', subject: 'alice' },
  },
  'POST /api/mcp/admin/accounts/{userId}/unfreeze': { action: 'admin.unfreeze', subject: 'alice' },
  'DELETE /api/mcp/admin/users/{userId}/data': { action: 'admin.erase', subject: 'alice' },
  'POST /api/mcp/admin/revocations': {
    body: { userId: 'mallory', reason: 'a test' },
    refused: { userId: 'mallory', tokenId: 't', reason: 'a test' },
    ...{ action: 'admin.revoke', subject: 'user:mallory' },
  },
  'DELETE /api/mcp/admin/revocations': { query: '?userId=mallory', action: 'admin.readmit', subject: 'user:mallory' },
  'POST /api/mcp/admin/providers/{id}/breaker': {
    body: { action: 'open', reason: 'a test' },
    refused: { action: 'shut' },
    ...{ action: 'admin.breaker', subject: 'provider:openai' },
  },
  'POST /api/mcp/admin/videos/{videoId}/resolve': {
    body: { resolution: 'charged', note: 'their invoice has it' },
    refused: { resolution: 'paid', note: 'their invoice has it' },
    ...{ action: 'admin.video.resolve', subject: 'bob' },
  },
};

let app: TestApp;
let admin: RestClient;
let database: Client;
let videoId: string;
let dataSource: DataSource;
let sealer: AuditSealer;

beforeAll(async () => {
  app = await startTestApp();
  admin = new RestClient(app.url, app.token('root', ['admin']));
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
  dataSource = await createDataSource(app.databaseUrl).initialize();
  sealer = new AuditSealer(dataSource, new AuditKeys(TEST_SECRET));
  await admin.post('/api/mcp/admin/accounts/alice/grants', { credits: 1, reason: 'a start', idempotencyKey: 'start' });
  videoId = (await generate(new RestClient(app.url, app.token('bob')))).body.videoId;
  await database.query('UPDATE video.video SET is_flagged = true WHERE id = $1', [videoId]);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.end();
  await app.close();
});

async function acts(): Promise<{ actor: string; action: string; subject: string }[]> {
  const { rows } = await database.query(
    `SELECT actor, action, subject FROM audit.event WHERE action LIKE 'admin.%' ORDER BY id`,
  );
  return rows as { actor: string; action: string; subject: string }[];
}

const call = (route: string, body: object = {}, query = '') => {
  const [method, path] = route.split(' ') as [string, string];
  const filled = path.replace('{userId}', 'alice').replace('{id}', 'openai').replace('{videoId}', videoId);
  return admin.ask(method, filled + query, JSON.stringify(body));
};

test('every administrative route that does something is here', () => {
  const routes = Object.entries(describeApi(app.app).paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const doing = routes.filter((route) => route.includes('/admin/') && !route.startsWith('GET '));
  expect(doing.sort()).toEqual(Object.keys(ACTS).sort());
});

test.each(Object.entries(ACTS))('%s leaves its event', async (route, { body, query, action, subject }) => {
  const before = await acts();
  const { status } = await call(route, body, query);
  expect(status).toBeLessThan(300);
  expect((await acts()).slice(before.length)).toEqual([{ actor: 'user:root', action, subject }]);
});

test.each(Object.entries(ACTS).filter(([, { refused }]) => refused))(
  '%s leaves none where it is refused',
  async (route, { refused }) => {
    const before = await acts();
    expect(await call(route, refused)).toMatchObject({ status: 400 });
    expect(await acts()).toEqual(before);
  },
);

test('an act that fails is told by a second event, with the error and the time of the first', async () => {
  const grant = (credits: number) =>
    admin.post('/api/mcp/admin/accounts/carol/grants', { credits, reason: 'a gift', idempotencyKey: 'again' });
  expect(await grant(5)).toMatchObject({ status: 201 });
  expect(await grant(6)).toMatchObject({ status: 409 });
  await eventually(async () => {
    const { rows } = await database.query(
      `SELECT actor, action, details - 'reason' AS details, at FROM audit.event
       WHERE subject = 'carol' AND action LIKE 'admin.%' ORDER BY id`,
    );
    const [first, second, failed] = rows as { action: string; details: object; at: Date }[];
    expect([first!.action, second!.action, rows.length]).toEqual(['admin.grant', 'admin.grant', 3]);
    const details = { code: 'CONFLICT', notedAt: second!.at.toISOString() };
    expect(failed).toMatchObject({ actor: 'user:root', action: 'admin.grant.failed', details });
  });
});

test('acts, failures and refusals are sealed like all else: as they are nothing is found, and one that is changed is', async () => {
  await new RestClient(app.url, app.token('mallory', ['user'])).get('/api/mcp/admin/accounts/alice');
  const ids = async (action: string) =>
    (await database.query<{ id: string }>('SELECT id::text FROM audit.event WHERE action = $1', [action])).rows;
  await eventually(async () => expect(await ids('admin.refused')).toHaveLength(1));
  await eventually(async () => {
    await sealer.seal();
    expect(await verify()).toMatchObject({ faults: [], unsealed: 0 });
  });
  for (const action of ['admin.refused', 'admin.grant.failed']) {
    const [{ id }] = (await ids(action)) as [{ id: string }];
    await database.query(`SET session_replication_role = replica;
      UPDATE audit.event SET details = details || '{"code": "UNAVAILABLE"}' WHERE id = ${id}; RESET session_replication_role`);
    expect((await verify()).faults).toContain(`event ${id}: changed`);
  }
});

async function verify(): Promise<{ faults: string[]; unsealed: number }> {
  const faults: string[] = [];
  const keys = new AuditKeys(TEST_SECRET);
  const { unsealed } = await inSnapshot(app.databaseUrl, (query) =>
    verifyTrail(query, { keys, report: (fault) => faults.push(describeFault(fault)) }),
  );
  return { faults, unsealed };
}
