import { randomUUID } from 'node:crypto';
import type { TextCipher } from '../../src/common/encryption/text-cipher.js';
import type { LedgerPool } from '../../src/database/ledger-pool.js';
import type { VideoState } from '../../src/video/life/video-state.js';
import type { VideoPlan } from '../../src/video/plan/video-plan.js';
import type { NewVideo, VideoEnd } from '../../src/video/store/video-moves.js';
import { VideoStore } from '../../src/video/store/video.store.js';

/** In micro-credits. */
export const CREDIT = 1_000_000n;
const PLAN: VideoPlan = {
  choices: [
    {
      provider: 'sora',
      operation: 'text-to-video',
      model: 'sora-2',
      seconds: 8,
      width: 1280,
      height: 720,
      resolution: '720p',
      aspectRatio: '16:9',
      usdPerSecond: '0.1',
      creditsPerSecond: '200',
      amount: String(1_600n * CREDIT),
    },
  ],
  substitutions: [],
};
/** What a copy has stored. */
export const FILE = {
  key: 'k.mp4',
  bytes: 10,
  mediaType: 'video/mp4',
  sha256: 'ab',
  width: 1280,
  height: 720,
  seconds: 8,
};

export const completed: VideoEnd = { to: 'completed', cost: 1_600n * CREDIT, outcome: '{"model":"sora-2"}' };
export const failed: VideoEnd = {
  to: 'failed',
  cost: 0n,
  outcome: '{}',
  failure: { code: 'UPSTREAM_LOST', message: 'gone' },
};
export const cancelled: VideoEnd = { to: 'cancelled', cost: 0n, outcome: '{}' };

/** For 1,600 credits. */
export const newVideo = (userId: string, more: Partial<NewVideo> = {}): NewVideo => ({
  id: randomUUID(),
  userId,
  fingerprint: 'f',
  request: { workflow: 'text-to-video', duration: 8 },
  prompt: 'a cat',
  originalPrompt: 'a cat',
  plan: PLAN,
  amount: 1_600n * CREDIT,
  holdTtlMs: 60_000,
  terms: '{"type":"video","model":"sora-2","provider":"sora"}',
  isReady: true,
  ...more,
});

/** The job that a video of StoredVideos is. */
export const jobOf = (id: string) => ({ id, jobId: `job-${id}` });

/** Videos in a test's database, made and moved by the store itself. */
export class StoredVideos {
  readonly store: VideoStore;

  /** @param cipher absent: texts are kept as they are */
  constructor(
    private readonly pool: LedgerPool,
    cipher?: TextCipher,
  ) {
    this.store = new VideoStore(pool, cipher);
  }

  /** A new user with so many credits. */
  async newUser(credits = 10_000n): Promise<string> {
    const userId = `u-${randomUUID()}`;
    await this.pool.query('grant', 'SELECT * FROM ledger.grant_credits($1, $2, $3, $4)', [
      [`user:${userId}`],
      ['first'],
      [credits * CREDIT],
      ['{}'],
    ]);
    return userId;
  }

  /** A new video, brought to a state by the way that leads there. */
  async videoIn(state: VideoState): Promise<{ id: string; userId: string }> {
    const userId = await this.newUser();
    const { store } = this;
    const { id } = await store.create(newVideo(userId));
    const way: Record<VideoState, () => Promise<unknown>> = {
      queued: () => Promise.resolve(),
      submitting: async () => (await way.queued(), store.beginSubmit(id, 'c', 0)),
      submitted: async () => (await way.submitting(), store.submitted(id, `job-${id}`, 0)),
      processing: async () => (await way.submitted(), store.progressed(jobOf(id), { progress: 10, dueInMs: 0 })),
      copying: async () => (await way.processing(), store.finished(jobOf(id), 8, '0.8')),
      completed: async () => (
        await way.copying(),
        await store.stored(jobOf(id), FILE, undefined),
        store.end(id, completed)
      ),
      failed: async () => (await way.processing(), store.end(id, failed)),
      cancelled: async () => (await way.processing(), store.end(id, cancelled)),
    };
    await way[state]();
    const video = await store.find(id);
    if (video?.state !== state) throw new Error(`the video is ${video?.state}, not ${state}`);
    return { id, userId };
  }
}
