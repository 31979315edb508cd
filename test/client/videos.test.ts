import type { INestApplicationContext } from '@nestjs/common';
import { McpClient, McpError, type HubEvent, type VideoStatus } from '../../client/src/node.js';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';

let app: TestApp;
let worker: INestApplicationContext;
beforeAll(async () => {
  app = await startTestApp();
  worker = await startTestWorker(app);
});
afterAll(async () => {
  await worker.close();
  await app.close();
});

const order = { prompt: 'a cat [[video ms=100]]', duration: 4, resolution: '720p' } as const;

test('a video is ordered, waited for, heard of, listed and removed', async () => {
  const client = new McpClient({ url: ['ws://127.0.0.1:9/mcp', app.url], token: () => app.token('ann') });
  const events: HubEvent[] = [];
  client.subscribe('videos', (event) => events.push(event));
  await client.connect().catch(() => undefined);
  const key = { idempotencyKey: 'one' };
  const { videoId, creditsUsed } = await client.videos.generate(order, key);
  expect((await client.videos.generate(order, key)).videoId).toBe(videoId);
  expect(creditsUsed).toBe(800);
  const looks: VideoStatus[] = [];
  const video = await client.videos.wait(videoId, { everyMs: 200, onProgress: (look) => looks.push(look) });
  expect(video).toMatchObject({ status: 'completed', progress: 100, creditsUsed: 800 });
  expect(looks[0]).toMatchObject({ status: 'processing' });
  expect((await fetch(video.url!)).headers.get('content-type')).toBe('video/mp4');
  expect(events.map(({ event }) => event)).toContain('video.completed');
  const { videos, nextCursor } = await client.videos.list({ status: 'completed', limit: 5 });
  expect([videos.map((each) => each.videoId), nextCursor]).toEqual([[videoId], null]);
  expect(await client.videos.remove(videoId)).toMatchObject({ filesDeletedAt: expect.any(String) as string });
  client.close();
});

test('what goes wrong is an McpError', async () => {
  const client = new McpClient({ url: app.url, token: app.token('ben') });
  const fault = async (what: Promise<unknown>) => {
    const error = await what.catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(McpError);
    return error as McpError;
  };
  expect(await fault(client.videos.status('none'))).toMatchObject({ code: 'NOT_FOUND', retryable: false });
  expect(await fault(client.videos.generate({ ...order, duration: 99 }))).toMatchObject({
    code: 'UNSUPPORTED_VIDEO',
    details: { fields: [{ field: 'duration' }], providers: expect.any(Array) as unknown[] },
  });
  const { videoId } = await client.videos.generate({ ...order, prompt: 'a cat [[video create=moderated]]' });
  expect(await fault(client.videos.wait(videoId, { everyMs: 200 }))).toMatchObject({
    code: 'CONTENT_FILTERED',
    requestId: videoId,
  });
  const away = new McpClient({ url: 'http://127.0.0.1:9', token: 'x.y.z' });
  expect(await fault(away.videos.status('none'))).toMatchObject({ code: 'UNREACHABLE', retryable: true });
  const slow = await client.videos.generate({ ...order, prompt: 'a cat [[video ms=600000]]' });
  const signal = AbortSignal.timeout(300);
  await expect(client.videos.wait(slow.videoId, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  await client.videos.remove(slow.videoId);
});
