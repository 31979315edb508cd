import { Client } from 'pg';
import type { AuditResponse } from '../../src/admin/audit.dto.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { startCommand } from '../support/command.js';
import { RestClient } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';

let app: TestApp;
let admin: RestClient;
let database: Client;

beforeAll(async () => {
  app = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '1,2' });
  admin = new RestClient(app.url, app.token('root', ['admin']));
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
  const socket = await connect(app.wsUrl, app.token('alice'));
  const question = { id: 'c-1', type: 'chat', provider: 'openai', model: 'sim-3-1ms', stream: true };
  const messages = [{ role: 'user', content: 'a secret word' }];
  expect(await socket.ask({ ...question, messages })).toMatchObject({ type: 'done' });
  await socket.close();
  for (const key of ['one', 'two', 'three']) {
    await admin.post('/api/mcp/admin/accounts/bob/grants', { credits: 5, reason: '=1+1', idempotencyKey: key });
  }
});
afterAll(async () => {
  await database.end();
  await app.close();
});

const read = (query = '') => admin.get<AuditResponse>(`/api/mcp/admin/audit${query}`);

describe('GET /api/mcp/admin/audit', () => {
  test('tells who did what, with model, tokens, cost and outcome, and no text', async () => {
    const { status, body } = await read('?actor=user:alice&action=ai.*');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      events: [
        {
          ...{ actor: 'user:alice', action: 'ai.settled', subject: expect.stringMatching(/^ws:/) },
          details: {
            model: 'sim-3-1ms',
            inputTokens: expect.any(Number),
            charged: expect.any(Number),
            finishReason: 'stop',
          },
        },
      ],
      nextCursor: null,
    });
    expect(body.events[0]!.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(JSON.stringify((await read()).body)).not.toContain('a secret word');
  });

  test('gives page after page, newest first, each event once, while new ones arrive', async () => {
    const seen: string[] = [];
    for (let query: string | undefined = '?subject=bob&limit=1'; query;) {
      const { body } = await read(query);
      seen.push(...body.events.map(({ details }) => String(details['idempotencyKey'])));
      query = body.nextCursor === null ? undefined : `?subject=bob&limit=1&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(['three', 'two', 'one']);
  });

  test('is itself an event, noted before anything is told', async () => {
    await read('?action=admin.grant&from=2020-01-01');
    const { body } = await read('?action=admin.audit.read&limit=2');
    expect(body.events.map(({ actor, details }) => [actor, details])).toEqual([
      ['user:root', { action: 'admin.audit.read', format: 'json', limit: 2 }],
      ['user:root', { action: 'admin.grant', from: '2020-01-01', format: 'json', limit: 100 }],
    ]);
  });

  test('takes times', async () => {
    const [newest] = (await read('?action=admin.grant')).body.events;
    expect((await read(`?action=admin.grant&from=${newest!.at}`)).body.events).toHaveLength(1);
    expect((await read(`?action=admin.grant&to=${newest!.at}`)).body.events).toHaveLength(2);
    expect((await read('?from=2999-01-01')).body).toEqual({ events: [], nextCursor: null });
  });

  test('is CSV where that is asked for, which no spreadsheet takes for formulas', async () => {
    await database.query(
      `SELECT audit.record(ARRAY[now()], ARRAY['user:eve'], ARRAY['ai.refused'], ARRAY['=cmd()'], ARRAY[gen_random_uuid()], ARRAY['{}'])`,
    );
    const answer = await admin.get<string>('/api/mcp/admin/audit?actor=user:eve&format=csv&limit=1');
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(answer.headers.get('x-next-cursor')).toMatch(/^[\w-]+$/);
    expect(answer.body.split('\r\n')).toEqual([
      'id,at,actor,action,subject,details',
      expect.stringMatching(/^\d+,[^,]+Z,user:eve,ai\.refused,'=cmd\(\),\{\}$/),
      '',
    ]);
  });

  test.each([
    ['from', 'yesterday'],
    ['to', '2026-02-31'],
    ['actor', ''],
    ['action', 'DROP'],
    ['cursor', 'bm9uc2Vuc2U'],
    ['limit', '0'],
    ['limit', '1001'],
    ['format', 'xml'],
    ['colour', 'red'],
  ])('refuses %s=%s, naming it', async (name, value) => {
    const answer = await admin.get(`/api/mcp/admin/audit?${name}=${encodeURIComponent(value)}`);
    expect(answer).toMatchObject({ status: 400, body: { error: { details: { fields: [{ field: name }] } } } });
  });

  test.each([['user'], ['service']])('is nothing for the role %s', async (role) => {
    const answer = await new RestClient(app.url, app.token('mallory', [role])).get('/api/mcp/admin/audit');
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
  });
});

describe('the commands', () => {
  const run = (command: string, ...args: string[]) =>
    startCommand(`src/cli/${command}.ts`, args, {
      ...{ NODE_ENV: 'test', DATABASE_URL: app.databaseUrl, AUDIT_SECRET: 'a secret of more than thirty-two bytes' },
    }).ended;

  test('audit:export gives all of it, oldest first, and is itself an event', async () => {
    const { exitCode, stdout } = await run('audit-export', '--action', 'admin.grant');
    const lines = stdout.trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { details: { idempotencyKey: string } });
    expect(events.map(({ details }) => details.idempotencyKey)).toEqual(['one', 'two', 'three']);
    expect(exitCode).toBe(0);
    const csv = await run('audit-export', '--action', 'admin.audit.export', '--format', 'csv');
    expect(csv.stdout).toMatch(/^id,at,actor,action,subject,details\r\n\d+,[^,]+,operator:[^,]+,admin\.audit\.export,/);
  });

  test('audit:verify says what does not fit, and by its exit code whether', async () => {
    expect(await run('audit-verify')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/No fault was found\.\n$/),
    });
    await database.query(`SET session_replication_role = replica; UPDATE ledger.hold SET charged = 1 WHERE charged > 0;
      RESET session_replication_role`);
    const outcome = await run('audit-verify');
    expect(outcome).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/^hold user:alice ws:\S+: contradicts \(event \d+ tells otherwise\)\n/),
    });
  });

  test('explain bad arguments', async () => {
    for (const command of ['audit-verify', 'audit-export']) {
      const outcome = await run(command, '--from', 'yesterday');
      expect(outcome).toMatchObject({
        exitCode: 64,
        stdout: '',
        stderr: expect.stringMatching(/^--from is 'yesterday'[^]*usage:/),
      });
    }
  });
});
