import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { Client } from 'pg';
import { Redis } from 'ioredis';
import { startTestApp, startTestWorker, type TestApp, type TestVariables } from '../support/app.js';
import { ENCRYPTED, newKey, questionOf } from '../support/encrypted-app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';
import { tablesWith } from '../support/stored-texts.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { VideoClient } from '../support/video-client.js';
import { says, WorkflowClient } from '../support/workflow-client.js';

let folder: TestFolder;
let gateway: TestApp;
let database: Client;
let variables: TestVariables;
const sockets: SocketClient[] = [];

beforeAll(async () => {
  folder = await makeDataFolder();
  variables = { ...ENCRYPTED, DATA_DIR: folder.path, ENCRYPTION_KEYS: newKey('2026') };
  gateway = await startTestApp(variables);
  database = new Client({ connectionString: gateway.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  for (const socket of sockets) await socket.close();
  await database.end();
  await gateway.close();
  await folder.remove();
});

async function open(userId: string, at = gateway): Promise<SocketClient> {
  const socket = await connect(at.wsUrl, at.token(userId));
  sockets.push(socket);
  return socket;
}

/** The frames of a request, read anew from the log. */
async function resumed(userId: string, id: string): Promise<Frame[]> {
  const socket = await open(userId);
  await socket.ask({ id, lastSeq: 0 });
  return socket.frames(id);
}

test('a streamed answer is read from the log as it was sent, by who comes back and by who was cut off', async () => {
  const secret = `secret-${randomUUID()}`;
  const socket = await open('alice');
  const asked = questionOf(secret, {}, 'chunks=40 gap=10');
  socket.send(asked);
  await socket.first('a chunk', ({ id, seq }) => id === asked.id && seq === 3);
  const seen = socket.frames(asked.id);
  await socket.terminate();
  const back = await open('alice');
  const end = await back.ask({ id: asked.id, lastSeq: seen.length });
  expect(end).toMatchObject({ type: 'done', usage: { credits: expect.any(Number) }, balance: expect.any(Number) });
  const all = [...seen, ...back.frames(asked.id)];
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
  expect(all.map(({ data = '' }) => data).join('')).toContain(secret);
  expect(await resumed('alice', asked.id)).toEqual(all);
  expect(await tablesWith(database, secret)).toEqual([]);
});

test('an answer in one frame, one from the cache and one of the background are as they would be, and kept nowhere as they are', async () => {
  const secret = `secret-${randomUUID()}`;
  const socket = await open('bob');
  const whole = questionOf(secret, { stream: false });
  expect((await socket.ask(whole)).data).toContain(secret);
  expect(await resumed('bob', whole.id)).toEqual(socket.frames(whole.id));

  const first = questionOf(secret, { cache: true });
  await socket.ask(first);
  const cached = await eventually(async () => {
    const again = { ...first, id: randomUUID() };
    const { metadata } = await socket.ask(again);
    expect(metadata).toMatchObject({ cached: true });
    return again.id;
  });
  expect(socket.text(cached)).toBe(socket.text(first.id));

  const waiting = questionOf(secret, { stream: false, background: true });
  socket.send(waiting);
  await socket.first('the acknowledgement', ({ id, type }) => id === waiting.id && type === 'event');
  expect(await tablesWith(database, secret)).toEqual([]); // while it waits for a worker
  const worker = await startTestWorker(gateway, variables);
  try {
    expect((await socket.terminal(waiting.id)).data).toContain(secret);
  } finally {
    await worker.close();
  }
  const receipt = await new RestClient(gateway.url, gateway.token('bob')).get<{ answer: Frame }>(
    `/api/mcp/requests/${waiting.id}`,
  );
  expect(receipt.body.answer).toEqual(await socket.terminal(waiting.id)); // as it is kept longer than the log
  expect(await tablesWith(database, secret)).toEqual([]);
  expect(await readLedger(gateway.databaseUrl, 'bob')).toMatchObject({ faults: [], pendingHolds: 0, held: 0n });
}, 60_000);

test('a video and a workflow are made of what was asked for, which is shown to their user and kept nowhere as it is', async () => {
  const secret = `secret-${randomUUID()}`;
  const videos = new VideoClient(gateway, 'carol');
  const workflows = new WorkflowClient(gateway.url, gateway.token('carol'));
  const worker = await startTestWorker(gateway, variables);
  try {
    const prompt = `A film of ${secret} [[video ms=50]]`;
    const videoId = await videos.order(prompt);
    const style = `in the style of ${secret}`;
    const enhanced = `All of ${secret}`;
    const text = `${secret} ${says({ prompt: enhanced })}`;
    const { body } = await workflows.text(text, { parameters: { duration: 4, resolution: '720p', style } });
    expect(body.enhancedPrompt).toContain(enhanced);
    for (const id of [videoId, body.videoId]) expect(await videos.ended(id)).toMatchObject({ status: 'completed' });
    const details = await videos.rest.get(`/api/mcp/videos/${videoId}`);
    expect(details.body).toMatchObject({ prompt });
    const made = await videos.rest.get(`/api/mcp/videos/${body.videoId}`);
    expect(made.body).toMatchObject({ prompt: text, enhancedPrompt: body.enhancedPrompt, requested: { style } });
    const listed = await videos.rest.get<{ videos: { prompt: string }[] }>('/api/mcp/videos');
    expect(listed.body.videos.map((video) => video.prompt).sort()).toEqual([prompt, text].sort());
    expect((await workflows.status(body.workflowId)).body.enhancedPrompt).toBe(body.enhancedPrompt);
    const sent = JSON.stringify(gateway.simulator.stats().bodies);
    expect(sent).toContain(secret);
  } finally {
    await worker.close();
  }
  expect(await tablesWith(database, secret)).toEqual([]);
  expect(await readLedger(gateway.databaseUrl, 'carol')).toMatchObject({ faults: [], pendingHolds: 0, held: 0n });
}, 60_000);

describeWithRedis('with the jobs in Redis', () => {
  let redis: RedisServer;
  let worker: INestApplicationContext | undefined;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await worker?.close();
    await redis.stop();
  });

  test('a request in the background waits there sealed, and is answered', async () => {
    const secret = `secret-${randomUUID()}`;
    const withRedis = { ...variables, REDIS_URL: redis.url };
    const there = await startTestApp(withRedis);
    try {
      const socket = await open('dave', there);
      const waiting = questionOf(secret, { stream: false, background: true });
      socket.send(waiting);
      await socket.first('the acknowledgement', ({ id, type }) => id === waiting.id && type === 'event');
      const held = await everythingIn(redis);
      expect(held).toContain('enc1:2026:');
      expect(held).not.toContain(secret);
      worker = await startTestWorker(there, withRedis);
      expect((await socket.terminal(waiting.id)).data).toContain(secret);
    } finally {
      await worker?.close();
      worker = undefined;
      await there.close();
    }
  }, 60_000);
});

/** Every key of a Redis with what it holds, as text. */
async function everythingIn({ url }: RedisServer): Promise<string> {
  const client = new Redis(url);
  try {
    const dumps: string[] = [];
    for (const key of await client.keys('*')) {
      const type = await client.type(key);
      if (type === 'hash') dumps.push(JSON.stringify(await client.hgetall(key)));
      else dumps.push(`${key} ${(await client.dumpBuffer(key))?.toString('latin1') ?? ''}`);
    }
    return dumps.join('\n');
  } finally {
    client.disconnect();
  }
}
