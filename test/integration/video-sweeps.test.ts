import { randomUUID } from 'node:crypto';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import type { VideoEnd } from '../../src/video/store/video-moves.js';
import { VideoSweeps } from '../../src/video/store/video-sweeps.store.js';
import type { VideoStore } from '../../src/video/store/video.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { cancelled, failed, FILE, newVideo, StoredVideos } from '../support/stored-videos.js';

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

describe('what a video cost at its provider', () => {
  const costs = async (id: string) => {
    const [row] = await pool.query<{ cost: string | null }>(
      'cost',
      'SELECT provider_cost_usd::text AS cost FROM video.video WHERE id = $1',
      [id],
    );
    return row!.cost;
  };

  it.each<['failed' | 'cancelled', VideoEnd]>([
    ['failed', failed],
    ['cancelled', cancelled],
  ])('is kept where nothing is charged for it: %s', async (state, end) => {
    const { id } = await videos.videoIn('processing');
    await store.end(id, { ...end, outcome: '{"providerCostUsd":"0.96"}' });
    expect([(await store.find(id))!.state, await costs(id)]).toEqual([state, '0.96']);
  });

  it('stays as it was told with its finish where its end tells none', async () => {
    const { id } = await videos.videoIn('completed');
    expect(await costs(id)).toBe('0.8');
    const lost = await videos.videoIn('copying');
    await store.end(lost.id, failed);
    expect(await costs(lost.id)).toBe('0.8');
  });

  it('is unknown where nobody told it', async () => {
    const { id } = await videos.videoIn('failed');
    expect(await costs(id)).toBeNull();
  });
});

describe('stored inputs that videos build on', () => {
  const input = (key: string) => ({ ...FILE, key });

  it('are told from others, until the files of their video are gone', async () => {
    const key = `input-${randomUUID()}.mp4`;
    const { id } = await store.create(newVideo(await videos.newUser(), { input: input(key) }));
    expect(await sweeps.inputsInUse([key, 'input-of-nobody.mp4'])).toEqual(new Set([key]));
    await store.end(id, failed);
    expect(await sweeps.inputsInUse([key])).toEqual(new Set([key]));
    await sweeps.filesDeleted(id);
    expect(await sweeps.inputsInUse([key])).toEqual(new Set());
  });

  it('are looked up by an index', async () => {
    const plan = await pool.query<{ 'QUERY PLAN': string }>(
      'inputs_plan',
      `EXPLAIN SELECT 1 FROM video.video WHERE input->>'key' = ANY ('{a,b}') AND input IS NOT NULL AND media_deleted_at IS NULL`,
      [],
    );
    expect(plan.map((row) => row['QUERY PLAN']).join()).toContain('video_input');
  });
});
