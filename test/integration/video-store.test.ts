import { LedgerPool } from '../../src/database/ledger-pool.js';
import type { VideoState } from '../../src/video/life/video-state.js';
import { VIDEO_STATES } from '../../src/video/life/video-state.js';
import { VideoSweeps } from '../../src/video/store/video-sweeps.store.js';
import type { VideoStore } from '../../src/video/store/video.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { readLedger } from '../support/ledger-audit.js';
import { cancelled, completed, CREDIT, failed, FILE, jobOf, newVideo, StoredVideos } from '../support/stored-videos.js';

let database: TestDatabase;
let pool: LedgerPool;
let videos: StoredVideos;
let store: VideoStore;
let sweeps: VideoSweeps;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new LedgerPool({ connectionString: database.url });
  videos = new StoredVideos(pool);
  store = videos.store;
  sweeps = new VideoSweeps(pool);
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

describe('a video and its hold', () => {
  it('are made together, and end together with a charge', async () => {
    const { userId } = await videos.videoIn('completed');
    expect(await readLedger(database.url, userId)).toMatchObject({
      posted: 8_400n * CREDIT,
      held: 0n,
      charged: 1_600n * CREDIT,
      charges: 1,
      faults: [],
    });
  });

  it.each<[VideoState]>([['failed'], ['cancelled']])('end together with nothing charged: %s', async (state) => {
    const { userId } = await videos.videoIn(state);
    expect(await readLedger(database.url, userId)).toMatchObject({
      posted: 10_000n * CREDIT,
      held: 0n,
      charges: 0,
      pendingHolds: 0,
      faults: [],
    });
  });

  it('are not made where the balance does not cover it', async () => {
    const userId = await videos.newUser(100n);
    const wanted = newVideo(userId);
    expect(await store.create(wanted)).toMatchObject({ result: 'insufficient', available: 100n * CREDIT });
    expect(await store.find(wanted.id)).toBeUndefined();
    expect(await readLedger(database.url, userId)).toMatchObject({ held: 0n, pendingHolds: 0 });
  });

  it('are made once however often the same key is used at once, and another request under it is a conflict', async () => {
    const userId = await videos.newUser();
    const made = await Promise.all(
      Array.from({ length: 20 }, () => store.create(newVideo(userId, { idempotencyKey: 'key' }))),
    );
    expect(made.filter(({ result }) => result === 'created')).toHaveLength(1);
    expect(made.filter(({ result }) => result === 'duplicate')).toHaveLength(19);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await store.create(newVideo(userId, { idempotencyKey: 'key', fingerprint: 'g' }))).toMatchObject({
      result: 'conflict',
    });
    expect(await store.create(newVideo(await videos.newUser(), { idempotencyKey: 'key' }))).toMatchObject({
      result: 'created',
    });
    expect(await readLedger(database.url, userId)).toMatchObject({ held: 1_600n * CREDIT, pendingHolds: 1 });
  });

  it('end once, whoever ends them at the same moment', async () => {
    const { id, userId } = await videos.videoIn('copying');
    await store.stored(jobOf(id), FILE, undefined);
    const ends = await Promise.all(
      Array.from({ length: 20 }, (_, turn) => store.end(id, turn % 2 === 0 ? completed : failed)),
    );
    expect(ends.filter((charged) => charged !== undefined)).toHaveLength(1);
    const { charges, held } = await readLedger(database.url, userId);
    expect({ charges, held }).toEqual({ charges: (await store.find(id))!.state === 'completed' ? 1 : 0, held: 0n });
  });

  it('are not failed by a copy that is slower than another', async () => {
    const { id } = await videos.videoIn('copying');
    expect(await store.copyFailed(jobOf(id), 0)).toEqual({ isCancelAsked: false });
    await store.stored(jobOf(id), FILE, undefined);
    expect(await store.copyFailed(jobOf(id), 0)).toBe(false);
    expect(await store.find(id)).toMatchObject({ state: 'copying', pollFaults: 1, media: FILE });
  });

  it('survive that the reaper gave the hold back after its own deadline: the house bears what comes later', async () => {
    const userId = await videos.newUser();
    const { id } = await store.create(newVideo(userId, { holdTtlMs: 1 }));
    await store.beginSubmit(id, 'c', 0);
    await store.submitted(id, `job-${id}`, 0);
    await store.finished(jobOf(id), 8, undefined);
    await pool.query('reap', "SELECT * FROM ledger.reap('{}', 200, false, 0)", []);
    expect(await store.end(id, completed)).toBe(0n);
    expect(await readLedger(database.url, userId)).toMatchObject({ held: 0n, charges: 0, faults: [] });
  });

  it('are left by the reaper until then', async () => {
    const { userId } = await videos.videoIn('processing');
    await pool.query('reap', "SELECT * FROM ledger.reap('{}', 200, false, 0)", []);
    expect(await readLedger(database.url, userId)).toMatchObject({ pendingHolds: 1 });
  });

  it('of a frozen account are to be stopped, once', async () => {
    const { id, userId } = await videos.videoIn('processing');
    await pool.query('freeze', "SELECT ledger.freeze($1, 'why')", [`user:${userId}`]);
    expect(await sweeps.askFrozenToCancel()).toEqual([{ id, state: 'processing' }]);
    expect(await sweeps.askFrozenToCancel()).toEqual([]);
    expect((await store.find(id))!.cancelAskedAt).not.toBeNull();
  });
});

const refusal = (submits: number) => ({ choice: 0, refusals: 1, submits, dueInMs: 0 });
const fault = (timesUnknown: number) => ({ timesUnknown, dueInMs: 0 });

describe('every move compares and sets', () => {
  const moves: Record<string, { from: VideoState[]; move: (id: string) => Promise<unknown> }> = {
    beginSubmit: { from: ['queued'], move: (id) => store.beginSubmit(id, 'c', 0) },
    submitted: { from: ['submitting'], move: (id) => store.submitted(id, `again-${id}`, 0) },
    refused: {
      from: ['queued', 'submitting'],
      move: async (id) => store.refused(id, refusal((await store.find(id))!.submits)),
    },
    progressed: {
      from: ['submitted', 'processing'],
      move: (id) => store.progressed(jobOf(id), { progress: 50, dueInMs: 0 }),
    },
    waited: { from: ['submitted', 'processing'], move: (id) => store.waited(jobOf(id), 0) },
    pollPostponed: { from: ['submitted', 'processing'], move: (id) => store.pollPostponed(jobOf(id), 0) },
    pollFailed: { from: ['submitted', 'processing'], move: (id) => store.pollFailed(jobOf(id), fault(0)) },
    finished: { from: ['submitted', 'processing'], move: (id) => store.finished(jobOf(id), 8, '0.8') },
    beginCopy: { from: ['copying'], move: (id) => store.beginCopy(id) },
    stored: { from: ['copying'], move: (id) => store.stored(jobOf(id), FILE, undefined) },
    copyFailed: { from: ['copying'], move: (id) => store.copyFailed(jobOf(id), 0) },
    'end completed': { from: ['copying'], move: (id) => store.end(id, completed) },
    'end failed': {
      from: ['queued', 'submitting', 'submitted', 'processing', 'copying'],
      move: (id) => store.end(id, failed),
    },
    'end cancelled': { from: ['queued', 'submitted', 'processing', 'copying'], move: (id) => store.end(id, cancelled) },
  };

  it.each(Object.entries(moves))('%s', async (_, { from, move }) => {
    const moved: VideoState[] = [];
    for (const state of VIDEO_STATES) {
      const { id } = await videos.videoIn(state);
      const outcome = await move(id);
      if (outcome !== false && outcome !== undefined) moved.push(state);
      else expect((await store.find(id))!.state).toBe(state);
    }
    expect(moved).toEqual(from);
  });

  it('a video whose workflow is not there yet is not ordered', async () => {
    const { id } = await store.create(newVideo(await videos.newUser(), { isReady: false }));
    expect(await store.beginSubmit(id, 'c', 0)).toBe(false);
    expect(await store.makeReady(id, 'a better cat')).toBe(true);
    expect(await store.makeReady(id, 'another cat')).toBe(false);
    expect(await store.beginSubmit(id, 'c', 0)).toBe(true);
    expect((await store.find(id))!.prompt).toBe('a better cat');
  });

  it('who knows of fewer orders than there were neither orders nor takes back what another one ordered', async () => {
    const { id } = await videos.videoIn('queued');
    await store.beginSubmit(id, 'c', 0);
    expect(await store.refused(id, refusal(0))).toBe(false);
    expect(await store.refused(id, { ...refusal(1), choice: 1 })).toEqual({ isCancelAsked: false });
    expect(await store.beginSubmit(id, 'c', 0)).toBe(false);
    expect(await store.beginSubmit(id, 'c', 1)).toBe(true);
    await store.askToCancel(id);
    expect(await store.refused(id, refusal(2))).toEqual({ isCancelAsked: true });
  });

  it('how long a choice has refused is counted from its first refusal on, and anew for the next choice', async () => {
    const { id } = await store.create(newVideo(await videos.newUser(), { isReady: false }));
    await pool.query('age', "UPDATE video.video SET created_at = created_at - interval '1 h' WHERE id = $1", [id]);
    await store.makeReady(id, 'a cat');
    expect((await store.find(id))!.refusedForMs).toBeNull();
    await store.refused(id, refusal(0));
    expect((await store.find(id))!.refusedForMs).toBeLessThan(600_000);
    await pool.query('wait', "UPDATE video.video SET refused_since = refused_since - interval '1 h' WHERE id = $1", [
      id,
    ]);
    await store.refused(id, { ...refusal(0), refusals: 2 });
    expect((await store.find(id))!.refusedForMs).toBeGreaterThan(3_600_000);
    await store.refused(id, { ...refusal(0), choice: 1, refusals: 0 });
    expect((await store.find(id))!.refusedForMs).toBeNull();
  });

  it('how often its job was unknown is forgotten when it is known again, not when nobody had time for the question', async () => {
    const { id } = await videos.videoIn('submitted');
    const counts = async () => {
      const { pollFaults, timesUnknown } = (await store.find(id))!;
      return [pollFaults, timesUnknown];
    };
    for (const times of [1, 2]) await store.pollFailed(jobOf(id), fault(times));
    expect(await counts()).toEqual([2, 2]);
    await store.pollPostponed(jobOf(id), 0);
    expect(await counts()).toEqual([0, 2]);
    await store.waited(jobOf(id), 0);
    expect(await counts()).toEqual([0, 0]);
  });

  it('every copy is told from the others, and once one is stored there is none any more', async () => {
    const { id } = await videos.videoIn('copying');
    expect(await store.beginCopy(id)).toBe(1);
    expect(await store.beginCopy(id)).toBe(2);
    await store.stored(jobOf(id), FILE, undefined);
    expect(await store.beginCopy(id)).toBeUndefined();
  });

  it('progress never goes back', async () => {
    const { id } = await videos.videoIn('processing');
    await store.progressed(jobOf(id), { progress: 60, dueInMs: 0 });
    await store.progressed(jobOf(id), { progress: 30, dueInMs: 0 });
    expect((await store.find(id))!.progress).toBe(60);
  });

  it('what is overdue is found, and nothing else', async () => {
    const lost = await videos.videoIn('copying');
    const busy = await videos.videoIn('queued');
    await store.refused(busy.id, { ...refusal(0), dueInMs: 60_000 });
    const over = await videos.videoIn('completed');
    const overdue = (await sweeps.overdue(0, 1_000)).map(({ id }) => id);
    expect(overdue).toContain(lost.id);
    expect(overdue).not.toContain(busy.id);
    expect(overdue).not.toContain(over.id);
  });

  it("another user's video is none", async () => {
    const { id, userId } = await videos.videoIn('queued');
    expect((await store.findOwn(userId, id))?.id).toBe(id);
    expect(await store.findOwn('somebody', id)).toBeUndefined();
  });
});
