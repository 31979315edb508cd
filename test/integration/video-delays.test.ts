import type { VideoDelayReason } from '../../src/video/punctuality/video-delay.js';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { generate, videoEnd, videoStatus, type VideoBody } from '../support/videos.js';

const LATE_MS = 1_000;
const VARIABLES = { VIDEO_LATE_MS: `${LATE_MS}` };
const WITHIN_MS = 40_000;

/** Waits until a video tells why it is late. */
function lateFor(client: RestClient, videoId: string, reason: VideoDelayReason): Promise<VideoBody> {
  return eventually(async () => {
    const status = await videoStatus(client, videoId);
    expect(status).toMatchObject({ status: 'processing', delay: { reason } });
    return status;
  }, WITHIN_MS);
}

describe('a standard video that is late', () => {
  let app: VideoApp;
  beforeAll(async () => {
    app = await startVideoApp(VARIABLES);
  });
  afterAll(() => app?.close());

  const clientOf = (user: string) => new RestClient(app.url, app.token(user));

  it.each<[string, string, VideoDelayReason]>([
    ['refuses its order for now', 'create=429 retry-after=60', 'waiting_for_provider'],
    ['does not answer its order', 'create=slow delay=6000', 'ordering'],
    ['has it wait for its turn', 'queue=600000', 'provider_queue'],
    ['is at it for too long', 'ms=600000', 'provider_slow'],
    ['fails whenever it is asked', 'ms=600000 poll=500', 'provider_unreachable'],
    ['is slow to send its bytes', 'ms=100 content=slow delay=4000', 'copying'],
    ['sends no bytes', 'ms=100 content=500', 'copy_repeated'],
  ])('says so where the provider %s', async (_, script, reason) => {
    const client = clientOf(`user-${reason}`);
    const { videoId } = (await generate(client, { prompt: `a cat [[video ${script}]]`, duration: 8 })).body;
    const early = await videoStatus(client, videoId);
    expect(early.delay).toBeUndefined();
    const { delay, createdAt, estimatedTime } = await lateFor(client, videoId, reason);
    expect(delay).toEqual({ reason, message: expect.stringMatching(/^[A-Z].+\.$/), since: expect.any(String) });
    expect(Date.parse(delay!.since)).toBeGreaterThanOrEqual(Date.parse(createdAt));
    expect(estimatedTime).toBeLessThan(early.estimatedTime);
    await client.ask('DELETE', `/api/mcp/videos/${videoId}`);
  });

  it('tells it over the WebSocket each time that it was looked for in vain', async () => {
    const [client, socket] = [clientOf('alice'), await connect(app.wsUrl, app.token('alice'))];
    socket.send({ id: 'sub', type: 'subscribe', channel: 'videos' });
    const { videoId } = (await generate(client, { prompt: 'a cat [[video queue=600000]]', duration: 8 })).body;
    const told = await eventually(() => {
      const events = socket.frames('sub').slice(1) as unknown as { event: string; data: VideoBody }[];
      expect(events.length).toBeGreaterThan(1);
      return events;
    }, WITHIN_MS);
    const delay = { reason: 'provider_queue', message: expect.any(String), since: expect.any(String) };
    for (const { event, data } of told)
      expect([event, data]).toEqual(['video.progress', { videoId, status: 'processing', progress: 0, delay }]);
    await client.ask('DELETE', `/api/mcp/videos/${videoId}`);
    await socket.close();
  });

  it('says nothing of that any more when it is over', async () => {
    const client = clientOf('bob');
    const { videoId } = (await generate(client, { duration: 8 })).body;
    const end = await videoEnd(client, videoId);
    expect(end.status).toBe('completed');
    expect([end.delay, end.estimatedTime]).toEqual([undefined, undefined]);
  });
});

it('waits for a worker where there is none, and is made as soon as there is one', async () => {
  const app: TestApp = await startTestApp(VARIABLES);
  const client = new RestClient(app.url, app.token('carol'));
  const { videoId } = (await generate(client, { duration: 8 })).body;
  await lateFor(client, videoId, 'waiting_for_worker');
  const worker = await startTestWorker(app, VARIABLES);
  try {
    expect((await videoEnd(client, videoId)).status).toBe('completed');
  } finally {
    await worker.close();
    await app.close();
  }
});
