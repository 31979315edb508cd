import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { ENCRYPTED, newKey, questionOf, startBeside } from '../support/encrypted-app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';
import { VideoClient } from '../support/video-client.js';

const [first, second] = [newKey('first'), newKey('second')];
let gateway: TestApp;
let database: Client;
const sockets: SocketClient[] = [];

beforeAll(async () => {
  gateway = await startTestApp({ ...ENCRYPTED, ENCRYPTION_KEYS: first });
  database = new Client({ connectionString: gateway.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  for (const socket of sockets) await socket.close();
  await database.end();
  await gateway.close();
});

async function open(userId: string, at = gateway): Promise<SocketClient> {
  const socket = await connect(at.wsUrl, at.token(userId));
  sockets.push(socket);
  return socket;
}

const resume = async (userId: string, id: string, at = gateway): Promise<Frame> =>
  (await open(userId, at)).ask({ id, lastSeq: 0 });

const requests = () => gateway.app.get<Queue>(getQueueToken('requests'), { strict: false });

async function queued(socket: SocketClient, secret: string): Promise<string> {
  const waiting = questionOf(secret, { stream: false, background: true });
  socket.send(waiting);
  await socket.first('the acknowledgement', ({ id, type }) => id === waiting.id && type === 'event');
  return waiting.id;
}

test("what was put into another one's place can't be read there", async () => {
  const asked: Record<string, string> = {};
  const ordered: Record<string, string> = {};
  for (const user of ['mallory', 'victim']) {
    const request = questionOf(`secret of ${user}`);
    await (await open(user)).ask(request);
    asked[user] = request.id;
    ordered[user] = await new VideoClient(gateway, user).order(`A film of ${user} [[video ms=50]]`);
  }
  // whoever can write to the database gives mallory what is the victim's
  await database.query(
    `UPDATE ledger.stream_chunk m SET frames = v.frames FROM ledger.stream_chunk v
     WHERE m.request_id = $1 AND v.request_id = $2 AND m.seq_first = v.seq_first AND NOT m.terminal AND NOT v.terminal`,
    [`ws:${asked.mallory}`, `ws:${asked.victim}`],
  );
  await database.query(
    'UPDATE video.video m SET original_prompt = v.original_prompt FROM video.video v WHERE m.id = $1 AND v.id = $2',
    [ordered.mallory, ordered.victim],
  );
  expect(await resume('mallory', asked.mallory!)).toMatchObject({ type: 'error', error: { code: 'INTERNAL' } });
  const { rest } = new VideoClient(gateway, 'mallory');
  expect(await rest.get(`/api/mcp/videos/${ordered.mallory}`)).toMatchObject({
    status: 500,
    body: { error: { code: 'INTERNAL' } },
  });
  expect(await resume('victim', asked.victim!)).toMatchObject({ type: 'done' });
});

test('without its key a text is an error that says so, nothing is lost or charged by it, and the key brings it back', async () => {
  const secret = `secret-${randomUUID()}`;
  const videos = new VideoClient(gateway, 'alice');
  const socket = await open('alice');
  const request = questionOf(secret);
  const end = await socket.ask(request);
  const videoId = await videos.order(`A film of ${secret} [[video ms=50]]`);
  const waiting = await queued(socket, secret);
  const before = await readLedger(gateway.databaseUrl, 'alice');

  const strange = { ...ENCRYPTED, ENCRYPTION_KEYS: second };
  const other = await startBeside(gateway, strange);
  const worker = await startTestWorker(gateway, strange);
  try {
    const told = await resume('alice', request.id, other);
    expect(told).toMatchObject({ type: 'error', error: { code: 'UNAVAILABLE', retryable: true } });
    expect(told.seq).toBeUndefined();
    const details = await new VideoClient(other, 'alice').rest.get(`/api/mcp/videos/${videoId}`);
    expect(details).toMatchObject({ status: 503, body: { error: { code: 'UNAVAILABLE' } } });
    expect((await new VideoClient(other, 'alice').rest.get(`/api/mcp/sora2/status/${videoId}`)).status).toBe(200);
    expect(JSON.stringify([told, details.body])).not.toContain(secret);
    await eventually(async () => expect(await requests().getDelayed()).toHaveLength(1), 20_000); // the worker has looked at it
    expect(await readLedger(gateway.databaseUrl, 'alice')).toEqual(before);
  } finally {
    await worker.close();
    await other.close();
  }

  expect(await resume('alice', request.id)).toEqual(end);
  expect((await videos.rest.get<{ prompt: string }>(`/api/mcp/videos/${videoId}`)).body.prompt).toContain(secret);
  for (const job of await requests().getDelayed()) await job.promote();
  const right = await startTestWorker(gateway, { ...ENCRYPTED, ENCRYPTION_KEYS: first });
  try {
    expect((await socket.terminal(waiting, 45_000)).data).toContain(secret);
    expect(await videos.ended(videoId)).toMatchObject({ status: 'completed' });
  } finally {
    await right.close();
  }
  expect(await readLedger(gateway.databaseUrl, 'alice')).toMatchObject({ faults: [], pendingHolds: 0, held: 0n });
}, 120_000);
