import { HealthIndicatorService } from '@nestjs/terminus';
import { Client } from 'pg';
import { VideosHealth } from '../../src/video/punctuality/videos-health.js';
import { VideoPunctuality } from '../../src/video/punctuality/video-punctuality.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { RestClient } from '../support/rest-client.js';
import { generate } from '../support/videos.js';

/** How a video came to stand as it does, in seconds: no worker runs, so that it stays so. */
interface Past {
  state: 'queued' | 'processing' | 'copying' | 'completed' | 'failed' | 'cancelled';
  /** Since it was ordered. */
  ago: number;
  /** From the order to its end. */
  took?: number;
  order?: { duration?: number; resolution?: string };
  filesDeleted?: boolean;
}

let app: TestApp;
let database: Client;
beforeAll(async () => {
  app = await startTestApp({ SIGNUP_CREDITS: '1000000' });
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
});
beforeEach(async () => {
  await database.query("UPDATE video.video SET ended_at = now() - interval '1 day', state = 'failed'");
});
afterAll(async () => {
  await database?.end();
  await app?.close();
});

async function given(...pasts: Past[]): Promise<void> {
  const client = new RestClient(app.url, app.token('alice'));
  for (const { state, ago, took, order, filesDeleted = false } of pasts) {
    const { videoId } = (await generate(client, { duration: 8, ...order })).body;
    await database.query(
      `UPDATE video.video SET state = $2, created_at = clock_timestamp() - $3 * interval '1 s',
         ended_at = clock_timestamp() - $3 * interval '1 s' + $4 * interval '1 s',
         media_deleted_at = CASE WHEN $5 THEN clock_timestamp() END WHERE id = $1`,
      [videoId, state, ago, took ?? null, filesDeleted],
    );
  }
}
const completed = (took: number, more: Partial<Past> = {}): Past => ({
  state: 'completed',
  ago: took + 60,
  took,
  ...more,
});

const figures = () => app.app.get(VideoPunctuality).figures();
/** Asks the database anew: the gateway's own remembers for some seconds. */
const health = () => new VideosHealth(app.app.get(VideoPunctuality), app.app.get(HealthIndicatorService)).check();

describe('the figures of standard videos', () => {
  it('are none where there was none', async () => {
    expect(await figures()).toEqual({ completed: 0, p95PlayableMs: null, late: 0, underWay: 0 });
  });

  it('tell what 95 % took at most, from the order to the file', async () => {
    await given(...Array.from({ length: 20 }, (_, index) => completed(10 * (index + 1))));
    const { p95PlayableMs, ...counts } = await figures();
    expect(counts).toEqual({ completed: 20, late: 0, underWay: 0 });
    expect(p95PlayableMs).toBeCloseTo(190_500, -1); // between the 19th and the 20th
  });

  it('count the late ones, completed or under way', async () => {
    await given(
      completed(299),
      completed(301),
      { state: 'queued', ago: 299 },
      { state: 'queued', ago: 301 },
      { state: 'processing', ago: 302 },
      { state: 'copying', ago: 303 },
    );
    expect(await figures()).toMatchObject({ completed: 2, underWay: 4, late: 4 });
  });

  it('leave out what has failed or was cancelled, which says why, and what is long over', async () => {
    await given(
      { state: 'failed', ago: 400, took: 350 },
      { state: 'cancelled', ago: 400, took: 350 },
      completed(400, { ago: 4_100 }),
      completed(400, { filesDeleted: true }),
    );
    expect(await figures()).toEqual({ completed: 0, p95PlayableMs: null, late: 0, underWay: 0 });
  });

  it('leave out what is longer or larger', async () => {
    await given(
      completed(400, { order: { duration: 12 } }),
      { state: 'processing', ago: 400, order: { resolution: '1080p' } },
      completed(20, { order: { duration: 4 } }),
    );
    expect(await figures()).toMatchObject({ completed: 1, underWay: 0, late: 0 });
  });
});

describe('the health of videos', () => {
  it('is up where there is none', async () => {
    expect(await health()).toEqual({
      videos: { status: 'up', completed: 0, p95PlayableMs: null, late: 0, underWay: 0 },
    });
  });

  it('is degraded as soon as more than one in twenty is late', async () => {
    await given(...Array.from({ length: 19 }, () => completed(30)), { state: 'processing', ago: 400 });
    expect(await health()).toMatchObject({ videos: { status: 'up', completed: 19, underWay: 1, late: 1 } });
    await given(completed(400));
    expect(await health()).toMatchObject({ videos: { status: 'degraded', completed: 20, underWay: 1, late: 2 } });
  });

  it('is told by the gateway, which stays ready', async () => {
    await given({ state: 'queued', ago: 400 });
    const { status, body } = await new RestClient(app.url).get('/health/ready');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'degraded',
      details: { videos: { status: 'degraded', underWay: 1, late: 1 } },
    });
  });
});
