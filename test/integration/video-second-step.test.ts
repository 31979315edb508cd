import { LedgerPool } from '../../src/database/ledger-pool.js';
import { firstStepAlone, nextStep } from '../../src/video/plan/two-steps.js';
import type { VideoPlan } from '../../src/video/plan/video-plan.js';
import { VideoSecondStep } from '../../src/video/store/video-second-step.store.js';
import { VideoTimes } from '../../src/video/store/video-times.store.js';
import type { VideoStore } from '../../src/video/store/video.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { readLedger } from '../support/ledger-audit.js';
import { completed, CREDIT, failed, FILE, newVideo, StoredVideos } from '../support/stored-videos.js';

const MADE = { ...FILE, width: 1920, height: 1080, frames: 80 };
const FAILURE = { code: 'UPSTREAM_LOST', message: 'gone' } as const;
const how = (plan: VideoPlan, jobId: string | null) => ({
  ...{ plan, jobId, isFlagged: false, from: ['queued', 'submitting', 'submitted', 'processing', 'copying'] as const },
});

let database: TestDatabase;
let pool: LedgerPool;
let videos: StoredVideos;
let store: VideoStore;
let second: VideoSecondStep;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new LedgerPool({ connectionString: database.url });
  videos = new StoredVideos(pool);
  store = videos.store;
  second = new VideoSecondStep(pool);
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

/** A video of two steps whose first file is stored: its record. */
async function firstMade() {
  const userId = await videos.newUser();
  const order = newVideo(userId);
  const [choice] = order.plan.choices;
  const upscale = {
    ...choice!,
    provider: 'runway',
    operation: 'upscale' as const,
    model: 'up',
    resolution: '4K' as const,
  };
  const byFrame = { frames: 255, usdPerFrame: '0.012', creditsPerFrame: '24' };
  const { id } = await store.create({ ...order, plan: { ...order.plan, then: [{ ...upscale, byFrame }] } });
  await submit(id, 0, 'first');
  await store.finished(jobOf(id, 'first'), 8, '0.8');
  await store.stored(jobOf(id, 'first'), MADE, undefined);
  return { userId, video: (await store.find(id))! };
}

const jobOf = (id: string, step: 'first' | 'second') => ({ id, jobId: `${step}-${id}` });

async function submit(id: string, submits: number, step: 'first' | 'second'): Promise<void> {
  expect(await store.beginSubmit(id, 'c', submits)).toBe(true);
  expect(await store.submitted(id, jobOf(id, step).jobId, 0)).toBe(true);
}

/** The same, being enlarged. */
async function inSecondStep() {
  const { userId, video } = await firstMade();
  expect(await second.begin(video, nextStep(video, new Date())!)).toBe(true);
  await submit(video.id, 1, 'second');
  return { userId, first: video, video: (await store.find(video.id))! };
}

describe('the second step of a video', () => {
  it('begins once, whoever begins it at the same moment, and nothing of the first one is left in the row', async () => {
    const { video } = await firstMade();
    const plan = nextStep(video, new Date())!;
    const begun = await Promise.all(Array.from({ length: 10 }, () => second.begin(video, plan)));
    expect(begun.filter(Boolean)).toHaveLength(1);
    const now = (await store.find(video.id))!;
    expect(now).toMatchObject({ state: 'queued', media: null, jobId: null, connectionId: null, progress: 0, plan });
    expect(now).toMatchObject({ submittingAt: null, finishedAt: null, providerCostUsd: null, submits: 1 });
    expect(plan.before).toMatchObject({ jobId: video.jobId, providerCostUsd: '0.8', media: MADE });
  });

  it('is begun of no video that has none, and of none whose file is missing', async () => {
    const { id } = await videos.videoIn('copying');
    const video = (await store.find(id))!;
    expect(await second.begin(video, video.plan)).toBe(false);
    await store.stored(video, FILE, undefined);
    expect(await second.begin(video, video.plan)).toBe(false);
  });

  it('hears nothing of what comes late from the first one’s job', async () => {
    const { first, video } = await inSecondStep();
    const late = { dueInMs: 1e6 };
    expect(await store.progressed(first, { ...late, progress: 99 })).toBe(false);
    expect(await store.waited(first, 1e6)).toBe(false);
    expect(await store.pollPostponed(first, 1e6)).toBe(false);
    expect(await store.pollFailed(first, { ...late, timesUnknown: 9 })).toBe(false);
    expect(await store.finished(first, 8, '0.8')).toBe(false);
    expect(await store.end(video.id, { ...failed, jobId: first.jobId })).toBeUndefined();
    expect(await store.find(video.id)).toMatchObject({ state: 'submitted', progress: 0, polls: video.polls });
    await store.finished(video, 8, '2.88');
    expect(await store.stored(first, FILE, undefined)).toBe(false);
    expect(await store.copyFailed(first, 1e6)).toBe(false);
    expect(await second.fallBack(video.id, how(firstStepAlone(video, FAILURE, new Date()), first.jobId))).toBe(false);
    expect(await store.find(video.id)).toMatchObject({ state: 'copying', media: null, pollFaults: 0 });
  });

  it.each(['queued', 'submitted', 'copying'] as const)(
    'that fails when it is %s leaves the first file, once',
    async (state) => {
      const { userId, video } = state === 'queued' ? await firstMade() : await inSecondStep();
      if (state === 'queued') await second.begin(video, nextStep(video, new Date())!);
      if (state === 'copying') await store.finished(video, 8, undefined);
      const now = (await store.find(video.id))!;
      expect(now.state).toBe(state);
      const plan = firstStepAlone(now, FAILURE, new Date());
      const all = await Promise.all(Array.from({ length: 10 }, () => second.fallBack(now.id, how(plan, now.jobId))));
      expect(all.filter(Boolean)).toHaveLength(1);
      expect(await store.find(now.id)).toMatchObject({ state: 'copying', media: MADE, providerCostUsd: '0.8', plan });
      expect(await store.end(now.id, completed)).toBe(1_600n * CREDIT);
      expect(await readLedger(database.url, userId)).toMatchObject({ held: 0n, charges: 1, faults: [] });
    },
  );

  it('that was to be cancelled leaves nothing, unless it is being brought here already', async () => {
    const waiting = (await inSecondStep()).video;
    await store.askToCancel(waiting.id);
    const plan = firstStepAlone(waiting, FAILURE, new Date());
    expect(await second.fallBack(waiting.id, how(plan, waiting.jobId))).toBe(false);
    await store.finished(waiting, 8, undefined);
    expect(await second.fallBack(waiting.id, how(plan, waiting.jobId))).toBe(true);
    const { video: first } = await firstMade();
    await store.askToCancel(first.id);
    expect(await second.fallBack(first.id, how(firstStepAlone(first, FAILURE, new Date()), first.jobId))).toBe(false);
  });

  it('that fails after its file was stored changes nothing any more', async () => {
    const { video } = await inSecondStep();
    await store.finished(video, 8, undefined);
    await store.stored(video, FILE, undefined);
    expect(await second.fallBack(video.id, how(firstStepAlone(video, FAILURE, new Date()), video.jobId))).toBe(false);
  });
});

describe('how long videos take', () => {
  const median = (video: Parameters<VideoTimes['estimateOf']>[0]) => new VideoTimes(pool).estimateOf(video);
  const took = (id: string, seconds: number) =>
    pool.query(
      'took',
      "UPDATE video.video SET ended_at = submitting_at + $2 * interval '1 s', workflow_id = $1 WHERE id = $1",
      [id, seconds],
    );

  it('is learned of the second step by itself, and expected of both together', async () => {
    const { video } = await inSecondStep();
    const before = await median(video);
    await store.finished(video, 8, undefined);
    await store.stored(video, FILE, undefined);
    await store.end(video.id, completed);
    await took(video.id, 1_000);
    const first = await new VideoTimes(pool).estimate(video.plan.before!.choice);
    expect(before).toBeLessThan(1_000);
    expect(await median(video)).toBe(first + 1_000);
    expect(await new VideoTimes(pool).estimateOfRest(video)).toBe(1_000);
  });

  it('is not learned of what fell back', async () => {
    const { video } = await inSecondStep();
    const kind = video.plan.before!.choice;
    const usual = await new VideoTimes(pool).estimate(kind);
    await second.fallBack(video.id, how(firstStepAlone(video, FAILURE, new Date()), video.jobId));
    await store.end(video.id, completed);
    await took(video.id, 5_000);
    expect(await new VideoTimes(pool).estimate(kind)).toBe(usual);
  });
});
