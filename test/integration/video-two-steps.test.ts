import { randomUUID } from 'node:crypto';
import type { ReceiptResponse } from '../../src/account/receipt.dto.js';
import type { VideoEstimateResponse } from '../../src/video/estimate/video-estimate.dto.js';
import { RestClient } from '../support/rest-client.js';
import {
  BOTH,
  ENLARGED,
  FRAMES,
  GENERATED,
  HELD,
  MOST_FRAMES,
  TwoStepsGateway,
  videoSteps,
} from '../support/two-steps.js';
import { addUp, adminUsage, ownUsage } from '../support/usage-reports.js';

const UPSCALER = { operation: 'upscale', provider: 'runway', model: 'magnific_video_upscaler_creative' };
const FIRST_LINE = {
  ...{ operation: 'text-to-video', provider: 'sora', model: 'sora-2-pro', unit: 'second', count: 4 },
  ...{ usdPerUnit: '0.70', creditsPerUnit: '1400', credits: GENERATED },
};
const FRAME_LINE = { ...UPSCALER, unit: 'frame', usdPerUnit: '0.012', creditsPerUnit: '24' };
const NOTHING = { credits: 0, held: 0, charges: 0, faults: [] };

let gateway: TwoStepsGateway;
beforeEach(async () => (gateway = await TwoStepsGateway.start()), 60_000);
afterEach(() => gateway.close());

const receiptOf = async (rest: RestClient, videoId: string) =>
  (await rest.get<ReceiptResponse>(`/api/mcp/requests/${videoId}`)).body;

describe('a video that nobody makes at once', () => {
  it('is made and then enlarged, held as one for what it costs at most and charged as one for what it was', async () => {
    await gateway.work();
    const { userId, body, client, videos } = await gateway.begin();
    expect(body.creditsUsed).toBe(HELD);
    expect((await gateway.ledgerOf(userId)).held).toBe(HELD);
    const waiting = await receiptOf(videos.rest, body.videoId);
    expect(waiting.video!.lines).toEqual([
      FIRST_LINE,
      { ...FRAME_LINE, count: MOST_FRAMES, credits: HELD - GENERATED },
    ]);
    expect(await videos.ended(body.videoId)).toMatchObject({ status: 'completed', creditsUsed: BOTH, duration: 4 });
    expect(await gateway.ledgerOf(userId)).toEqual({ credits: BOTH, held: 0, charges: 1, faults: [] });
    expect(gateway.jobs()).toEqual(['sora create', 'runway upscale']);
    expect(await videoSteps(client, body)).toEqual([
      expect.objectContaining({ name: 'generate', state: 'done', provider: 'sora', credits: GENERATED }),
      expect.objectContaining({ name: 'upscale', state: 'done', provider: 'runway', credits: ENLARGED }),
    ]);
    const receipt = await receiptOf(videos.rest, body.videoId);
    const lines = [FIRST_LINE, { ...FRAME_LINE, count: FRAMES, credits: ENLARGED }];
    expect(receipt).toMatchObject({ hold: HELD, charge: BOTH, provider: 'runway', video: { resolution: '4K', lines } });
    expect(receipt.video).toMatchObject({ providerCostUsd: 2.8 + 0.48, providerCostSource: 'listed' }); // sora tells none
    const { body: video } = await videos.rest.get(`/api/mcp/videos/${body.videoId}`);
    expect(video).toMatchObject({
      ...{ operation: 'text-to-video', resolution: '4K', file: { width: 3840, height: 2160 } },
      cost: { creditsHeld: HELD, creditsUsed: BOTH },
    });
    expect(video).not.toHaveProperty('input');
  }, 90_000);

  it('counts at both of its providers, with what each was charged and cost', async () => {
    await gateway.work();
    const { body, videos } = await gateway.begin();
    await videos.ended(body.videoId);
    const own = await ownUsage(videos.rest, 'groupBy=provider');
    expect(own.rows.map(({ key, requests, completed, credits }) => [key, requests, completed, credits])).toEqual(
      expect.arrayContaining([
        ['runway', 1, 1, ENLARGED],
        ['sora', 0, 0, GENERATED],
      ]),
    );
    expect(own.total.videos).toEqual({ requests: 1, completed: 1, seconds: 4, credits: BOTH });
    const admin = new RestClient(gateway.app.url, gateway.app.token('root', ['admin']));
    const { rows } = await adminUsage(admin, 'groupBy=model');
    const costs = Object.fromEntries(rows.map(({ key, providerCostUsd }) => [key, providerCostUsd]));
    expect(costs).toMatchObject({ 'sora-2-pro': 2.8, [UPSCALER.model]: 0.48 });
    expect(addUp(rows.map(({ videos: { credits } }) => ({ credits })))).toEqual({ credits: BOTH });
  }, 90_000);

  it('is estimated before as it is ordered, and its models say how many frames are held for', async () => {
    const rest = new RestClient(gateway.app.url, gateway.app.token(`u-${randomUUID()}`));
    const wish = { workflow: 'text-to-video', input: { text: 'a' }, parameters: { duration: 4, resolution: '4K' } };
    const { body } = await rest.post<VideoEstimateResponse>('/api/mcp/estimate/video', wish);
    expect(body).toMatchObject({
      operation: 'text-to-video',
      provider: 'sora',
      resolution: '4K',
      width: 3840,
      seconds: 4,
    });
    expect(body).toMatchObject({ expected: HELD, holdAtMost: HELD, standIns: [] });
    expect(body.lines).toEqual([FIRST_LINE, { ...FRAME_LINE, count: MOST_FRAMES, credits: HELD - GENERATED }]);
    const one = { ...wish, parameters: { duration: 4, resolution: '1080p' } };
    const { body: atOnce } = await rest.post<VideoEstimateResponse>('/api/mcp/estimate/video', one);
    expect(atOnce).not.toHaveProperty('lines');
    expect(body.estimatedTime).toBeGreaterThan(atOnce.estimatedTime);
    const { body: models } = await rest.get<{ videos: { operation: string; mostFramesPerSecond: number | null }[] }>(
      '/api/mcp/models',
    );
    const most = new Map(models.videos.map(({ operation, mostFramesPerSecond }) => [operation, mostFramesPerSecond]));
    expect([most.get('text-to-video'), most.get('upscale')]).toEqual([30, null]);
  });

  it('is refused where it is no workflow: an order names what one provider makes', async () => {
    const rest = new RestClient(gateway.app.url, gateway.app.token(`u-${randomUUID()}`));
    const { status, body } = await rest.post('/api/mcp/sora2/generate', { prompt: 'a', duration: 4, resolution: '4K' });
    expect([status, body.error!.code]).toEqual([422, 'UNSUPPORTED_VIDEO']);
  });

  it('goes with all of its files', async () => {
    await gateway.work();
    const { body, videos } = await gateway.begin();
    await videos.ended(body.videoId);
    const link = (await videos.status(body.videoId)).url!;
    expect((await fetch(link)).status).toBe(200);
    expect((await videos.cancel(body.videoId)).status).toBe(200);
    expect((await fetch(link)).status).toBe(404);
    expect(await gateway.files()).toEqual([]); // the first one's file is there no more since the second one's was
  }, 90_000);
});

describe('a second step that comes to nothing', () => {
  /** Its user has the first file, and pays for that alone. */
  async function endsWithFirst(
    { userId, body, client, videos }: Awaited<ReturnType<TwoStepsGateway['begin']>>,
    code: string,
  ) {
    const ended = await videos.ended(body.videoId, 120_000);
    expect(ended).toMatchObject({ status: 'completed', creditsUsed: GENERATED, resolution: '1080p', progress: 100 });
    expect(ended).toMatchObject({ substitutions: [{ field: 'resolution', wanted: '4K', chosen: '1080p' }] });
    expect((await fetch(ended.url!)).status).toBe(200);
    expect(await gateway.ledgerOf(userId)).toEqual({ credits: GENERATED, held: 0, charges: 1, faults: [] });
    const error = expect.objectContaining({ code }) as unknown;
    expect(await videoSteps(client, body)).toEqual([
      expect.objectContaining({ name: 'generate', state: 'done', credits: GENERATED }),
      expect.objectContaining({ name: 'upscale', state: 'failed', credits: 0, provider: 'runway', error }),
    ]);
    const { charge, video } = await receiptOf(videos.rest, body.videoId);
    expect([charge, video!.resolution]).toEqual([GENERATED, '1080p']);
    expect(video!.lines).toEqual([FIRST_LINE, { ...FRAME_LINE, count: 0, credits: 0 }]);
  }

  it('is refused', async () => {
    gateway.app.simulator.setVideoFault({ wire: 'runway', stage: 'create', fault: '400' });
    await gateway.work();
    await endsWithFirst(await gateway.begin(), 'VALIDATION_ERROR');
  }, 150_000);

  it('is taken, and fails', async () => {
    gateway.app.simulator.setVideoFault({ wire: 'runway', stage: 'create', fault: 'moderated' });
    await gateway.work();
    await endsWithFirst(await gateway.begin(), 'CONTENT_FILTERED');
  }, 150_000);

  it('is not begun where the first file has more frames than were held for', async () => {
    const order = await gateway.begin();
    await gateway.database.query(
      `UPDATE video.video SET plan = jsonb_set(plan, '{then,0,byFrame,frames}', '${FRAMES - 1}') WHERE id = $1`,
      [order.body.videoId],
    );
    await gateway.work();
    await endsWithFirst(order, 'UNSUPPORTED_VIDEO');
    expect(gateway.jobs()).toEqual(['sora create']);
  }, 150_000);
});

describe('a cancel', () => {
  /** As a limit counts them. */
  const videosToday = async (userId: string) =>
    (await gateway.database.query(`SELECT access.videos_today($1)::int AS n`, [`user:${userId}`])).rows[0].n as number;

  it('in the second step costs nothing, and the first file is not delivered', async () => {
    gateway.app.simulator.setVideoFault({ wire: 'runway', stage: 'create', fault: '429' });
    await gateway.work();
    const { userId, body, client, videos } = await gateway.begin();
    await gateway.inStep(2, body.videoId, 'queued');
    const status = await videos.status(body.videoId);
    expect(status).toMatchObject({ status: 'processing', progress: 50, creditsUsed: BOTH, resolution: '4K' });
    expect((await videos.cancel(body.videoId)).status).toBe(200);
    expect(await videos.ended(body.videoId)).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
    expect(await gateway.ledgerOf(userId)).toEqual(NOTHING);
    expect(await videosToday(userId)).toBe(1);
    expect(await videoSteps(client, body)).toEqual([
      expect.objectContaining({ name: 'generate', state: 'done', credits: 0 }),
      expect.objectContaining({ name: 'upscale', state: 'skipped', credits: 0 }),
    ]);
    const admin = new RestClient(gateway.app.url, gateway.app.token('root', ['admin']));
    const { rows } = await adminUsage(admin, 'groupBy=provider');
    const ofVideo = rows.filter(({ key }) => key === 'sora' || key === 'runway'); // not of its prompt
    const sums = ofVideo.map(({ cancelled, credits, providerCostUsd }) => ({ cancelled, credits, providerCostUsd }));
    expect(addUp(sums)).toEqual({ cancelled: 1, credits: 0, providerCostUsd: 2.8 }); // the first one was made all the same
    expect((await gateway.files()).length).toBeGreaterThan(0);
    expect((await videos.cancel(body.videoId)).status).toBe(200);
    expect(await gateway.files()).toEqual([]);
  }, 90_000);

  it('that was asked for before the second step failed is a cancel', async () => {
    gateway.app.simulator.setVideoFault({ wire: 'runway', stage: 'create', fault: 'moderated' });
    await gateway.work();
    const { userId, body, videos } = await gateway.begin();
    await gateway.inStep(2, body.videoId, 'submitted'); // and has failed there; nobody has asked yet
    await gateway.database.query('UPDATE video.video SET cancel_asked_at = now() WHERE id = $1', [body.videoId]);
    expect(await videos.ended(body.videoId)).toMatchObject({ status: 'failed', creditsUsed: 0 });
    expect(await gateway.ledgerOf(userId)).toEqual(NOTHING);
    expect(await videosToday(userId)).toBe(1);
  }, 150_000);

  it('while the first file is being brought here comes in time: it is not made yet', async () => {
    gateway.app.simulator.setVideoFault({ wire: 'sora', stage: 'content', fault: '503' });
    await gateway.work();
    const { userId, body, videos } = await gateway.begin();
    await gateway.inStep(1, body.videoId, 'copying');
    expect((await videos.cancel(body.videoId)).status).toBe(200); // the file would not come for half an hour
    expect(await videos.ended(body.videoId)).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
    expect(await gateway.ledgerOf(userId)).toEqual(NOTHING);
    expect(gateway.jobs()).toEqual(['sora create']);
  }, 90_000);
});
