import { Client } from 'pg';
import { Revocations } from '../../src/auth/revocations/revocations.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';

let app: TestApp;
let database: Client;

beforeAll(async () => {
  app = await startTestApp();
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await app.close();
});

async function refusals(userId: string): Promise<unknown[]> {
  const { rows } = await database.query(
    `SELECT action, subject, details FROM audit.event WHERE actor = $1 AND action LIKE '%.refused' ORDER BY id`,
    [`user:${userId}`],
  );
  return rows;
}

const client = (userId: string, roles?: string[]) => new RestClient(app.url, app.token(userId, roles));

test('an administrative route that is refused is noted by its route, once however often it is asked', async () => {
  const mallory = client('mallory', ['user']);
  for (const userId of ['ann', 'bob', 'eve'])
    expect(await mallory.get(`/api/mcp/admin/accounts/${userId}`)).toMatchObject({ status: 403 });
  await eventually(async () =>
    expect(await refusals('mallory')).toEqual([
      {
        action: 'admin.refused',
        subject: '',
        details: { code: 'FORBIDDEN', method: 'GET', route: '/api/mcp/admin/accounts/:userId' },
      },
    ]),
  );
});

test('a video that nobody can pay for or may order is noted', async () => {
  const admin = client('root', ['admin']);
  await admin.post('/api/mcp/admin/accounts/zoe/grants', { credits: 100, reason: 'a test', idempotencyKey: 'k' });
  await admin.post('/api/mcp/admin/accounts/zoe/freeze', { reason: 'a test' });
  const order = { prompt: 'a secret lighthouse', duration: 4, resolution: '720p' };
  expect(await client('zoe').post('/api/mcp/sora2/generate', order)).toMatchObject({ status: 403 });
  await eventually(async () =>
    expect(await refusals('zoe')).toEqual([
      {
        action: 'ai.refused',
        subject: '',
        details: { code: 'FORBIDDEN', method: 'POST', route: '/api/mcp/sora2/generate' },
      },
    ]),
  );
});

test.each<[string, (token: string, ticket: string) => Promise<unknown>]>([
  ['a socket', (token) => connect(app.wsUrl, token)],
  ['a ticket from before', (_, ticket) => connect(app.wsUrl, undefined, { protocols: ['mcp.v1', `ticket.${ticket}`] })],
  ['REST', async (token) => assertAdmitted(await new RestClient(app.url, token).get('/api/mcp/credits'))],
])('who was shut out and tries to get in again is noted: by %s', async (way, getIn) => {
  const userId = `max ${way}`;
  const token = app.token(userId);
  const { body } = await new RestClient(app.url, token).post<{ ticket: string }>('/api/mcp/ws-ticket', {});
  await client('root', ['admin']).post('/api/mcp/admin/revocations', { userId, reason: 'a test' });
  const revocations = app.app.get(Revocations, { strict: false });
  await eventually(() => expect(() => revocations.assertAdmitted({ userId })).toThrow());
  await expect(getIn(token, body.ticket)).rejects.toMatchObject({ status: 403 });
  const details = { code: 'FORBIDDEN', isRevoked: true };
  await eventually(async () =>
    expect(await refusals(userId)).toEqual([{ action: 'ai.refused', subject: '', details }]),
  );
});

function assertAdmitted(answer: { status: number }): void {
  if (answer.status !== 200) throw Object.assign(new Error('not let in'), answer);
}

test('what a socket is refused is noted, without its text, and once on its way through the gateway', async () => {
  const socket = await connect(app.wsUrl, app.token('kim'));
  const request = { id: 'r1', type: 'chat', provider: 'auto', model: 'no-such-model', stream: true };
  const messages = [{ role: 'user', content: 'a secret' }];
  expect((await socket.ask({ ...request, messages })).error).toMatchObject({ code: 'MODEL_NOT_FOUND' });
  await eventually(async () =>
    expect(await refusals('kim')).toEqual([
      {
        action: 'ai.refused',
        subject: 'ws:r1',
        details: { code: 'MODEL_NOT_FOUND', type: 'chat', model: 'no-such-model' },
      },
    ]),
  );
  await socket.close();
});
