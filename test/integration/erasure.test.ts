import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { AuditKeys } from '../../src/audit/audit-keys.js';
import { inSnapshot } from '../../src/audit/verify/in-snapshot.js';
import { describeFault } from '../../src/audit/verify/trail-fault.js';
import { verifyTrail } from '../../src/audit/verify/verify-trail.js';
import type { ErasureResponse } from '../../src/admin/erasure.dto.js';
import { startTestApp, startTestWorker, TEST_SECRET, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type SocketClient } from '../support/socket-client.js';
import { tablesWith } from '../support/stored-texts.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { VideoClient } from '../support/video-client.js';
import { says, WorkflowClient } from '../support/workflow-client.js';

const CONFIGURATION = { SIGNUP_CREDITS: '100000', DEFAULT_PRICE_USD_PER_MTOK: '1,2' };
/** Everywhere where text of a user is kept. */
const PLACES = [
  'audit.event',
  'bullmq.job',
  'cache.response',
  'ledger.durable_answer',
  'ledger.entry',
  'ledger.stream_chunk',
  'video.video',
  'video.workflow_step',
];

let folder: TestFolder;
let gateway: TestApp;
let admin: RestClient;
let database: Client;
const sockets: SocketClient[] = [];

beforeAll(async () => {
  folder = await makeDataFolder();
  gateway = await startTestApp({ ...CONFIGURATION, DATA_DIR: folder.path });
  admin = new RestClient(gateway.url, gateway.token('root', ['admin']));
  database = new Client({ connectionString: gateway.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  for (const socket of sockets) await socket.close();
  await database.end();
  await gateway.close();
  await folder.remove();
});

const erase = (userId: string) => admin.ask<ErasureResponse>('DELETE', `/api/mcp/admin/users/${userId}/data`);
const placesOf = (secret: string) => tablesWith(database, secret);
const mediaFiles = () => readdir(join(folder.path, 'media'));

/** A question whose prompt and answer have the secret in them. */
const question = (secret: string, more: object = {}, how = '') => ({
  id: randomUUID(),
  type: 'chat',
  provider: 'auto',
  model: 'sim-5-1ms',
  messages: [{ role: 'user', content: `${secret} ${says(`of ${secret} and more `.repeat(20), how)}` }],
  stream: true,
  ...more,
});

async function open(userId: string): Promise<SocketClient> {
  const socket = await connect(gateway.wsUrl, gateway.token(userId));
  sockets.push(socket);
  return socket;
}

/** Uses everything that keeps text, in the words of `secret`. */
async function leaveTexts(userId: string, secret: string): Promise<{ first: string }> {
  const socket = await open(userId);
  const first = question(secret);
  await socket.ask(first);
  await socket.ask(question(secret, { stream: false }));
  await socket.ask(question(secret, { cache: true }));
  const worker = await startTestWorker(gateway, { ...CONFIGURATION, DATA_DIR: folder.path });
  try {
    await socket.ask(question(secret, { stream: false, background: true }));
    await leaveVideos(userId, secret);
  } finally {
    await worker.close();
  }
  const reason = `because of ${secret}`;
  await admin.post(`/api/mcp/admin/accounts/${userId}/grants`, { credits: 1, reason, idempotencyKey: 'a-gift' });
  return { first: first.id };
}

async function leaveVideos(userId: string, secret: string): Promise<void> {
  const videos = new VideoClient(gateway, userId);
  const workflows = new WorkflowClient(gateway.url, gateway.token(userId));
  const { body } = await workflows.text(`${secret} ${says({ prompt: `All of ${secret}` })}`, { sessionId: secret });
  const videoIds = [await videos.order(`A film of ${secret} [[video ms=50]]`), body.videoId];
  for (const id of videoIds) expect(await videos.ended(id)).toMatchObject({ status: 'completed' });
}

/** What waits for a worker, and what is being written: both have the secret in them. */
async function leaveRunning(userId: string, secret: string): Promise<{ socket: SocketClient; streamId: string }> {
  const socket = await open(userId);
  const waiting = question(secret, { stream: false, background: true });
  // the same id again, where a busy machine's queue did not answer in time
  await eventually(async () => {
    socket.forget(waiting.id);
    socket.send(waiting);
    const { type } = await socket.first('an answer', ({ id }) => id === waiting.id);
    expect(type).toBe('event');
  }, 20_000);
  const running = question(secret, {}, 'chunks=200 gap=200');
  socket.send(running);
  await socket.first('a chunk', ({ id, type }) => id === running.id && type === 'chunk');
  return { socket, streamId: running.id };
}

async function trailFaults(): Promise<string[]> {
  const faults: string[] = [];
  await inSnapshot(gateway.databaseUrl, (query) =>
    verifyTrail(query, { keys: new AuditKeys(TEST_SECRET), report: (fault) => faults.push(describeFault(fault)) }),
  );
  return faults;
}

test('an erasure leaves nothing of what a user said or was told, anywhere, and touches nobody else', async () => {
  const [secret, other] = [`secret-${randomUUID()}`, `other-${randomUUID()}`];
  const { first } = await leaveTexts('alice', secret);
  await leaveTexts('bob', other);
  const { socket, streamId } = await leaveRunning('alice', secret);
  await eventually(async () => expect(await placesOf(secret)).toEqual(PLACES));
  await eventually(async () => expect(await placesOf(other)).toContain('cache.response'));
  const othersPlaces = await placesOf(other);
  const before = await readLedger(gateway.databaseUrl, 'alice');
  const filesBefore = await mediaFiles();

  const { status, body } = await erase('alice');
  expect([status, body.status, body.remaining]).toEqual([
    200,
    'done',
    { requests: 0, backgroundRequests: 0, videos: 0 },
  ]);
  expect(body.erased).toMatchObject({ backgroundRequests: 0, backgroundAnswers: 2, cachedAnswers: 1, videos: 2 });
  expect(await socket.terminal(streamId)).toMatchObject({ type: 'error' });

  expect(await placesOf(secret)).toEqual([]);
  expect(await placesOf(other)).toEqual(othersPlaces);
  const files = await mediaFiles();
  expect(filesBefore.length - files.length).toBe(filesBefore.length / 2);
  const { rows } = await database.query<{ id: string }>("SELECT id FROM video.video WHERE user_id = 'alice'");
  expect(files.filter((file) => rows.some(({ id }) => file.startsWith(id)))).toEqual([]);

  const after = await readLedger(gateway.databaseUrl, 'alice');
  expect(after).toMatchObject({ held: 0n, pendingHolds: 0, faults: [] });
  expect(after.charges).toBeGreaterThanOrEqual(before.charges);
  expect(await trailFaults()).toEqual([]);
  const resumed = await open('alice');
  resumed.send({ id: first, lastSeq: 0 });
  expect(await resumed.terminal(first)).toMatchObject({ error: { code: 'RESUME_EXPIRED' } });
}, 120_000);

test('what stands now of a user goes without being undone: a frozen account stays frozen, without the reason', async () => {
  await (await open('carol')).ask(question('hello'));
  const secret = `secret-${randomUUID()}`;
  await admin.post('/api/mcp/admin/accounts/carol/freeze', { reason: `because of ${secret}` });
  expect(await placesOf(secret)).toEqual(['audit.event', 'ledger.account']);
  // of the freeze, in the account and in the trail; of the credits that a new user is given
  expect(await erase('carol')).toMatchObject({ status: 200, body: { erased: { reasons: 3 } } });
  expect(await placesOf(secret)).toEqual([]);
  const account = await admin.get('/api/mcp/admin/accounts/carol');
  expect(account.body).toMatchObject({ frozen: true, reason: null });
});

test("why a user was shut out goes from the trail too, and nobody else's reason with it", async () => {
  const [secret, other] = [`secret-${randomUUID()}`, `other-${randomUUID()}`];
  const revoke = (userId: string, reason: string) => admin.post('/api/mcp/admin/revocations', { userId, reason });
  expect((await revoke('grace', `because of ${secret}`)).status).toBeLessThan(300);
  expect((await revoke('user:grace', `because of ${other}`)).status).toBeLessThan(300);
  expect(await placesOf(secret)).toEqual(['access.revocation', 'audit.event']);
  expect(await erase('grace')).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(await placesOf(secret)).toEqual([]);
  expect(await placesOf(other)).toEqual(['access.revocation', 'audit.event']);
  expect(await erase('user:grace')).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(await placesOf(other)).toEqual([]);
  expect(await trailFaults()).toEqual([]);
});

test('the same again erases nothing more; a user that never was has nothing; each call is in the trail', async () => {
  await (await open('dave')).ask(question('hello'));
  expect((await erase('dave')).body.erased.logRows).toBeGreaterThan(0);
  const nothing = {
    logRows: 0,
    backgroundAnswers: 0,
    backgroundRequests: 0,
    cachedAnswers: 0,
    videos: 0,
    inputs: 0,
    reasons: 0,
  };
  expect(await erase('dave')).toMatchObject({ status: 200, body: { status: 'done', erased: nothing } });
  expect(await erase('nobody')).toMatchObject({ status: 200, body: { status: 'done', erased: nothing } });
  const acts =
    "SELECT subject FROM audit.event WHERE action = 'admin.erase' AND actor = 'user:root' AND subject = ANY ($1) ORDER BY id";
  const { rows } = await database.query(acts, [['dave', 'nobody']]);
  expect(rows.map(({ subject }) => subject as string)).toEqual(['dave', 'dave', 'nobody']);
});

test('what can not be stopped yet is said, and erased by a later call', async () => {
  const secret = `secret-${randomUUID()}`;
  await (await open('erin')).ask(question(secret));
  await database.query("SELECT ledger.beat('elsewhere', 600000)");
  await database.query(
    `SELECT * FROM ledger.hold_batch('elsewhere', ARRAY['user:erin'], ARRAY['ws:busy'], ARRAY['f'], ARRAY[5]::bigint[], ARRAY[600000], ARRAY['{}'])`,
  );
  const frames = [JSON.stringify({ id: 'busy', type: 'chunk', seq: 1, data: secret })];
  await database.query(
    `SELECT * FROM ledger.append_batch('elsewhere', ARRAY['user:erin'], ARRAY['ws:busy'], ARRAY[1], ARRAY[1], $1::text[], ARRAY[1])`,
    [frames],
  );
  const first = await erase('erin');
  expect([first.status, first.body.status, first.body.remaining.requests]).toEqual([202, 'under_way', 1]);
  expect(first.body.erased.logRows).toBeGreaterThan(0);
  expect(await placesOf(secret)).toEqual(['ledger.stream_chunk']);
  await database.query("UPDATE ledger.node SET lease_until = now() WHERE id = 'elsewhere'");
  await eventually(async () =>
    expect(await readLedger(gateway.databaseUrl, 'erin')).toMatchObject({ pendingHolds: 0 }),
  );
  expect(await erase('erin')).toMatchObject({ status: 200, body: { status: 'done', erased: { logRows: 2 } } });
  expect(await placesOf(secret)).toEqual([]);
}, 30_000);

test('is for administrators alone', async () => {
  const user = new RestClient(gateway.url, gateway.token('frank'));
  expect(await user.ask('DELETE', '/api/mcp/admin/users/frank/data')).toMatchObject({ status: 403 });
});
