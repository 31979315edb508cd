import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { startTestApp, startTestWorker, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { generate, videoEnd, videoStatus, type VideoBody } from '../support/videos.js';

let app: TestApp;
let worker: INestApplicationContext;
beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: '1' });
  worker = await startTestWorker(app);
});
afterAll(async () => {
  await worker.close();
  await app.close();
});

const clientOf = (user: string) => new RestClient(app.url, app.token(user));
const remove = (client: RestClient, id: string) => client.ask<VideoBody>('DELETE', `/api/mcp/videos/${id}`);

test('the given request gets the given answers, until there is a file that plays', async () => {
  const alice = clientOf('alice');
  const order = await generate(alice, {
    prompt: 'a cat in Köln 🐈 [[video ms=100]]',
    style: 'film noir',
    aspectRatio: '9:16',
  });
  expect(order.status).toBe(200);
  expect(order.body).toEqual({
    videoId: expect.any(String) as string,
    status: 'processing',
    creditsUsed: 800,
    creditsHeld: 960,
    estimatedTime: expect.any(Number) as number,
  });
  const { videoId } = order.body;
  expect(await videoStatus(alice, videoId)).toMatchObject({
    videoId,
    status: 'processing',
    creditsUsed: 800,
    duration: 4,
  });

  const end = await videoEnd(alice, videoId);
  expect(end).toEqual({
    videoId,
    status: 'completed',
    url: expect.stringMatching(`^${app.url}/media/.+\\.mp4\\?`) as string,
    thumbnailUrl: expect.stringMatching(`^${app.url}/media/`) as string,
    progress: 100,
    createdAt: expect.stringMatching(/Z$/) as string,
    completedAt: expect.stringMatching(/Z$/) as string,
    duration: 4,
    creditsUsed: 800,
    provider: 'sora',
    model: 'sora-2',
    resolution: '720p',
    aspectRatio: '9:16',
  });
  const file = await fetch(end.url!);
  expect(file.headers.get('content-type')).toBe('video/mp4');
  const bytes = (await file.arrayBuffer()).byteLength;
  expect((await fetch(end.thumbnailUrl!)).headers.get('content-type')).toMatch(/^image\//);

  const forwarded = { 'x-forwarded-host': 'hub.example.com', 'x-forwarded-proto': 'https' };
  const elsewhere = await alice.ask<VideoBody>('GET', `/api/mcp/sora2/status/${videoId}`, undefined, forwarded);
  expect(elsewhere.body.url).toMatch('https://hub.example.com/media/');

  const [job] = app.simulator.videoJobs().filter(({ prompt }) => prompt.includes('Köln'));
  expect(job).toMatchObject({ seconds: 4, size: '720x1280', status: 'completed' });
  const details = await alice.get(`/api/mcp/videos/${videoId}`);
  expect(details.body).toMatchObject({
    ...end,
    url: expect.any(String) as string,
    thumbnailUrl: expect.any(String) as string,
    prompt: 'a cat in Köln 🐈 [[video ms=100]]',
    enhancedPrompt: job!.prompt.replaceAll('\r\n', '\n'), // forms have line ends of their own
    operation: 'text-to-video',
    requested: { workflow: 'text-to-video', duration: 4, resolution: '720p', style: 'film noir', aspectRatio: '9:16' },
    file: {
      mediaType: 'video/mp4',
      bytes,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      width: 720,
      height: 1280,
      seconds: 4,
    },
    cost: { usdPerSecond: 0.1, creditsPerSecond: 200, creditsHeld: 960, creditsUsed: 800 },
  });
  expect(job!.prompt).toContain('film noir');
  expect(JSON.stringify(details.body)).not.toMatch(/"key"|connection|job_?id/i);

  const receipt = await alice.get(`/api/mcp/requests/${videoId}`);
  expect(receipt.body).toMatchObject({
    id: videoId,
    type: 'video',
    status: 'settled',
    provider: 'sora',
    model: 'sora-2',
    price: { usdPerSecond: 0.1, creditsPerSecond: 200 },
    video: { seconds: 4, resolution: '720p', aspectRatio: '9:16', providerCostUsd: 0.4, providerCostSource: 'listed' },
    hold: 960,
    charge: 800,
    balanceAfter: 9_200,
    finishReason: 'completed',
    error: null,
  });
  const { entries } = (await alice.get<{ entries: unknown[] }>('/api/mcp/credits/entries')).body;
  expect(entries[0]).toMatchObject({ kind: 'charge', amount: -800, reference: videoId });

  const removed = await remove(alice, videoId);
  expect([removed.status, removed.body.status, removed.body.url]).toEqual([200, 'completed', undefined]);
  expect((await fetch(end.url!)).status).toBe(404);
  expect((await remove(alice, videoId)).body).toEqual(removed.body);
  expect((await alice.get(`/api/mcp/videos/${videoId}`)).body).toMatchObject({
    file: { bytes },
    filesDeletedAt: removed.body.filesDeletedAt,
  });
});

test('what finished videos took is what the next one of their kind is told', async () => {
  const carol = clientOf('carol');
  const kind = { duration: 8, aspectRatio: '16:9' };
  const first = await generate(carol, kind);
  expect(first.body.estimatedTime).toBe(110);
  const { createdAt, completedAt } = await videoEnd(carol, first.body.videoId);
  const tookMs = Date.parse(completedAt!) - Date.parse(createdAt);
  const learned = await eventually(async () => {
    const { videoId, estimatedTime } = (await generate(carol, { ...kind, prompt: 'none [[video ms=600000]]' })).body;
    await remove(carol, videoId);
    expect(estimatedTime).not.toBe(110);
    return estimatedTime;
  }, 60_000);
  expect(Math.abs(learned - tookMs / 1_000)).toBeLessThan(1.1);
});

test('a cancelled video costs nothing, is stopped at its provider and stays cancelled', async () => {
  const dora = clientOf('dora');
  const { videoId } = (await generate(dora, { prompt: 'dora’s slow cat [[video ms=600000]]' })).body;
  await eventually(() =>
    expect(app.simulator.videoJobs().map(({ prompt }) => prompt)).toContainEqual(expect.stringContaining('dora’s')),
  );
  await remove(dora, videoId);
  const end = await videoEnd(dora, videoId);
  expect(end).toMatchObject({ status: 'failed', creditsUsed: 0, error: { code: 'CANCELLED' } });
  expect(end.url).toBeUndefined();
  expect((await remove(dora, videoId)).body).toEqual(end);
  await eventually(() => {
    const [job] = app.simulator.videoJobs().filter(({ prompt }) => prompt.includes('dora’s'));
    expect(job).toMatchObject({ status: 'cancelled' });
  });
  expect((await dora.get('/api/mcp/credits')).body).toEqual({ balance: 10_000, held: 0, available: 10_000 });
  expect((await dora.get(`/api/mcp/requests/${videoId}`)).body).toMatchObject({
    status: 'released',
    charge: 0,
    finishReason: 'cancelled',
    error: 'CANCELLED',
  });
});

test.each([
  ['[[video ms=10 fail=moderated]]', 'CONTENT_FILTERED'],
  ['[[video ms=10 fail=failed]]', 'UPSTREAM_LOST'],
  ['[[video create=drop]]', 'SUBMIT_UNKNOWN'],
  ['[[video create=moderated]]', 'CONTENT_FILTERED'],
])('a video that comes to nothing (%s) says why in our words and costs nothing', async (script, code) => {
  const user = `failing-${randomUUID()}`;
  const client = clientOf(user);
  const { videoId } = (await generate(client, { prompt: `a cat ${script}` })).body;
  const end = await videoEnd(client, videoId);
  expect(end).toMatchObject({ status: 'failed', creditsUsed: 0, error: { code } });
  expect(end.error!.message).toMatch(/^[A-Z].*Nothing was charged\.$/);
  expect((await client.get(`/api/mcp/requests/${videoId}`)).body).toMatchObject({
    status: 'released',
    charge: 0,
    error: code,
    finishReason: 'failed',
  });
});

test('the same Idempotency-Key is one video, however often and at once it is sent', async () => {
  const erin = clientOf('erin');
  const key = { 'idempotency-key': randomUUID() };
  const prompt = 'erin’s one cat [[video ms=100]]';
  const orders = await Promise.all(Array.from({ length: 12 }, () => generate(erin, { prompt }, key)));
  expect(new Set(orders.map(({ status }) => status))).toEqual(new Set([200]));
  const [videoId, ...others] = new Set(orders.map(({ body }) => body.videoId));
  expect(others).toEqual([]);
  const reordered = JSON.stringify({ resolution: '720p', style: null, duration: 4, prompt });
  const again = await erin.ask<VideoBody>('POST', '/api/mcp/sora2/generate', reordered, key);
  expect(again.body.videoId).toBe(videoId);
  const other = await generate(erin, { prompt, duration: 8 }, key);
  expect([other.status, other.body]).toMatchObject([409, { error: { code: 'CONFLICT' } }]);
  const frank = await generate(clientOf('frank'), { prompt: 'frank’s cat [[video ms=100]]' }, key);
  expect(frank.body.videoId).not.toBe(videoId);
  const end = await videoEnd(erin, videoId!);
  const late = await generate(erin, { prompt }, key);
  expect(late.body).toMatchObject({ videoId, status: end.status, creditsUsed: 800 });
  expect(app.simulator.videoJobs().filter((job) => job.prompt.includes('erin’s'))).toHaveLength(1);
  expect(await readLedger(app.databaseUrl, 'erin')).toMatchObject({
    charges: 1,
    charged: 800_000_000n,
    held: 0n,
    faults: [],
  });
});
