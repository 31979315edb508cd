import type { INestApplicationContext } from '@nestjs/common';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { RestClient, type RestBody } from '../support/rest-client.js';
import { connect, type SocketClient } from '../support/socket-client.js';
import { generate, videoEnd, videoStatus, type VideoBody } from '../support/videos.js';

/** Two gateways and a worker: what happens at one is heard at the others. */
let app: TestApp;
let other: TestApp;
let worker: INestApplicationContext;
const sockets: SocketClient[] = [];
beforeAll(async () => {
  app = await startTestApp();
  other = await startTestApp({ DATABASE_URL: app.databaseUrl });
  worker = await startTestWorker(app);
});
afterAll(async () => {
  for (const socket of sockets) await socket.close();
  await worker.close();
  await other.close();
  await app.close();
});

const clientOf = (user: string) => new RestClient(app.url, app.token(user));
const SUBSCRIBE = { id: 'sub', type: 'subscribe', channel: 'videos' };

async function subscribed(gateway: TestApp, user: string): Promise<SocketClient> {
  const socket = await connect(gateway.wsUrl, gateway.token(user));
  sockets.push(socket);
  socket.send(SUBSCRIBE);
  await socket.first('the answer', (frame) => eventOf(frame) === 'subscribed');
  return socket;
}

const eventOf = (frame: object) => ('event' in frame ? frame.event : undefined);
const events = (socket: SocketClient) =>
  socket.frames('sub') as unknown as { event: string; data: Record<string, unknown> }[];

/** What a subscription heard until now: nothing of it comes after its end is told. */
async function heard(socket: SocketClient): Promise<string[]> {
  socket.send({ ...SUBSCRIBE, type: 'unsubscribe' });
  await socket.first('the end', (frame) => eventOf(frame) === 'unsubscribed');
  return events(socket).map(({ event }) => event);
}

test("a video is its user's alone: on status, media, list, receipt, cancel and WebSocket", async () => {
  const alice = clientOf('alice');
  const mallory = clientOf('mallory');
  const [here, there, stranger, strangerThere] = await Promise.all([
    subscribed(app, 'alice'),
    subscribed(other, 'alice'),
    subscribed(app, 'mallory'),
    subscribed(other, 'mallory'),
  ]);
  const { videoId } = (await generate(alice, { prompt: 'alice’s cat [[video ms=6000]]' })).body;

  const unknown = '00000000-0000-4000-8000-000000000000';
  const asMallory = async (id: string) => {
    const answers = [
      await mallory.get<RestBody>(`/api/mcp/sora2/status/${id}`),
      await mallory.get<RestBody>(`/api/mcp/videos/${id}`),
      await mallory.ask<RestBody>('DELETE', `/api/mcp/videos/${id}`),
      await mallory.get<RestBody>(`/api/mcp/requests/${id}`),
    ];
    return answers.map(({ status, body }) => [status, body]);
  };
  const refusals = await asMallory(videoId);
  expect(refusals.map(([status]) => status)).toEqual([404, 404, 404, 404]);
  expect(refusals).toEqual(await asMallory(unknown));
  expect((await mallory.get('/api/mcp/videos')).body).toEqual({ videos: [], nextCursor: null });

  const end = await videoEnd(alice, videoId);
  expect(end).toMatchObject({ status: 'completed', creditsUsed: 800 });
  expect(await asMallory(videoId)).toEqual(refusals);
  const media = end.url!.slice(app.url.length);
  expect((await mallory.get(media)).status).toBe(404);
  expect((await mallory.get(end.thumbnailUrl!.slice(app.url.length))).status).toBe(404);
  expect((await alice.get(media)).status).toBe(200);
  expect((await fetch(end.url!.replace(/sig=(.)/, (_, first) => `sig=${first === 'A' ? 'B' : 'A'}`))).status).toBe(403);
  expect((await fetch(end.url!.split('?')[0]!)).status).toBe(403);

  for (const socket of [here, there]) {
    const last = await socket.first('the end', (frame) => eventOf(frame) === 'video.completed');
    const { data } = last as unknown as { data: VideoBody };
    expect(data).toEqual({
      videoId,
      status: 'completed',
      url: expect.stringMatching(/\/media\/.+\.mp4\?/) as string,
      thumbnailUrl: expect.stringMatching(/\/media\//) as string,
      duration: 4,
      creditsUsed: 800,
    });
    expect((await fetch(new URL(data.url!, app.url))).status).toBe(200);
    const [first, ...progress] = events(socket).slice(1, -1);
    expect(first).toMatchObject({ event: 'video.progress', data: { videoId, status: 'processing' } });
    const steps = [first!, ...progress].map(({ data: { progress: percent } }) => percent as number);
    expect(steps.some((percent) => percent > 0)).toBe(true);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  }
  expect(await heard(stranger)).toEqual(['subscribed', 'unsubscribed']);
  expect(await heard(strangerThere)).toEqual(['subscribed', 'unsubscribed']);
});

test('a failure and a cancel are told, and whoever cancels another’s video changes nothing', async () => {
  const bob = clientOf('bob');
  const socket = await subscribed(other, 'bob');
  const failing = await generate(bob, { prompt: 'bob’s bad cat [[video ms=10 fail=moderated]]' });
  const slow = await generate(bob, { prompt: 'bob’s slow cat [[video ms=600000]]' });
  const told = (videoId: string) =>
    socket.first(
      'the failure',
      (frame) => {
        const { event, data } = frame as unknown as { event?: string; data?: { videoId: string } };
        return event === 'video.failed' && data?.videoId === videoId;
      },
      60_000,
    );
  const failed = await told(failing.body.videoId);
  expect(failed).toMatchObject({
    data: {
      videoId: failing.body.videoId,
      status: 'failed',
      error: { code: 'CONTENT_FILTERED', message: expect.any(String) as string },
    },
  });
  const path = `/api/mcp/videos/${slow.body.videoId}`;
  expect((await clientOf('mallory').ask('DELETE', path)).status).toBe(404);
  expect((await new RestClient(app.url).ask('DELETE', path)).status).toBe(401);
  expect(await videoStatus(bob, slow.body.videoId)).toMatchObject({ status: 'processing' });
  await bob.ask('DELETE', path);
  expect(await told(slow.body.videoId)).toMatchObject({ data: { error: { code: 'CANCELLED' } } });
});

test('an administrator sees no videos of others by these routes', async () => {
  const { videoId } = (await generate(clientOf('carol'))).body;
  const admin = new RestClient(app.url, app.token('root', ['admin']));
  expect((await admin.get(`/api/mcp/sora2/status/${videoId}`)).status).toBe(404);
});
