import { readLedger } from '../support/ledger-audit.js';
import type { RestBody } from '../support/rest-client.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { inState, readVideo, VideoClient, type VideoStatus } from '../support/video-client.js';
import {
  CANCEL_ROWS,
  CONTENT_ROWS,
  JOB_ROWS,
  LOST_ROWS,
  ORDER_ROWS,
  type VideoFaultRow,
} from '../support/video-fault-rows.js';

const SIGNUP_CREDITS = 10_000;
const MICRO = 1_000_000n;
const DEADLINE_MS = 12_000;
/** An order that is never answered is given up after a minute: all rows run at once. */
const WITHIN_MS = 100_000;

interface Outcome {
  userId: string;
  video: VideoStatus;
  cancelAnswer: { status: number; body: RestBody } | undefined;
}

/** The least that a file may be bounded to: endless ones end there. */
const VARIABLES = { MEDIA_MAX_BYTES: '1048576' };

describe.each([
  { deadline: 'in time', variables: {}, rows: [...ORDER_ROWS, ...JOB_ROWS, ...CONTENT_ROWS, ...CANCEL_ROWS] },
  { deadline: 'never', variables: { VIDEO_DEADLINE_MS: `${DEADLINE_MS}` }, rows: LOST_ROWS },
])('a video with a fault that passes $deadline', ({ variables, rows }) => {
  let app: VideoApp;
  const outcomes = new Map<string, Promise<Outcome>>();

  beforeAll(async () => {
    app = await startVideoApp({ ...VARIABLES, ...variables });
    for (const row of rows) {
      const user = new VideoClient(app);
      const directive = row.script === '' ? '' : `[[video ${row.script}]] `;
      const ordered = user.order(`${directive}${row.name} (${user.userId})`, row.order);
      const outcome = ordered.then((videoId) => live(row, user, videoId));
      outcome.catch(() => undefined); // its own test says so
      outcomes.set(row.name, outcome);
      await Promise.allSettled([ordered]);
    }
  }, 150_000);
  afterAll(async () => {
    await Promise.allSettled(outcomes.values());
    await app?.close();
  }, WITHIN_MS);

  /** Sees it to its end. */
  async function live({ cancelIn }: VideoFaultRow, user: VideoClient, videoId: string): Promise<Outcome> {
    let cancelAnswer: Outcome['cancelAnswer'];
    if (cancelIn) {
      await inState(app.databaseUrl, videoId, cancelIn);
      cancelAnswer = await user.cancel(videoId);
    }
    return { userId: user.userId, video: await user.ended(videoId, WITHIN_MS), cancelAnswer };
  }

  it.each(rows)(
    '$name',
    async (row) => {
      const { userId, video, cancelAnswer } = await outcomes.get(row.name)!;
      const jobs = app.simulator.videoJobs().filter(({ prompt }) => prompt.includes(userId));
      const { submits, is_flagged: isFlagged } = await readVideo(app.databaseUrl, video.videoId);
      const ledger = await readLedger(app.databaseUrl, userId);

      expect({ status: video.status, error: video.error?.code }).toEqual({
        status: row.error === undefined ? 'completed' : 'failed',
        error: row.error,
      });
      expect(video.creditsUsed).toBe(row.credits);
      expect({ orders: submits, jobs: jobs.length, cancels: jobs.reduce((sum, job) => sum + job.cancels, 0) }).toEqual({
        orders: row.orders,
        jobs: row.jobs,
        cancels: row.cancels ?? 0,
      });
      expect({ isFlagged, cancelAnswer: cancelAnswer?.status }).toEqual({
        isFlagged: row.isFlagged ?? false,
        cancelAnswer: row.cancelIn ? (row.cancelAnswer ?? 200) : undefined,
      });
      if (row.isOverAtOnce) expect(cancelAnswer!.body).toMatchObject({ status: 'failed', error: { code: row.error } });
      expect(ledger).toMatchObject({
        posted: BigInt(SIGNUP_CREDITS - row.credits) * MICRO,
        held: 0n,
        pendingHolds: 0,
        charges: row.credits > 0 ? 1 : 0,
        faults: [],
      });
    },
    WITHIN_MS + 10_000,
  );

  it('sends no order that is not written down', async () => {
    await Promise.allSettled(outcomes.values());
    const orders = app.simulator
      .videoCalls()
      .filter(({ method, path }) => method === 'POST' && !path.startsWith('/v1/uploads'));
    expect(orders).toHaveLength(rows.reduce((sum, row) => sum + row.orders, 0));
  });
});
