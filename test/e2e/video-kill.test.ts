import { eventually } from '../support/eventually.js';
import { createTestDatabase } from '../support/database.js';
import { Blows, type Struck } from '../chaos/video/blow.js';
import { Customers } from '../chaos/video/customers.js';
import { readEvidence } from '../chaos/video/evidence.js';
import { Random } from '../chaos/random.js';
import { Round } from '../chaos/video/round.js';
import type { Step } from '../chaos/video/steps.js';
import { judge } from '../chaos/video/verdict.js';
import { VideoStage } from '../chaos/video/video-stage.js';

/** Steps at which videos can be held until the blow falls; docs/video-chaos.md has the others, which it takes luck to meet. */
const STEADY: readonly Step[] = [
  'queued',
  'unanswered',
  'unwritten',
  'unasked',
  'amid-poll',
  'uncopied',
  'amid-copy',
  'amid-settling',
];
/** BullMQ gives a dead worker's jobs to another one within 15 s; a poll comes after 5 more. */
const ENDS_WITHIN_MS = 90_000;

describe('videos whose worker is killed while they are at every step of their life', () => {
  let stage: VideoStage;
  beforeAll(async () => {
    const database = await createTestDatabase();
    stage = await VideoStage.open(
      { onRedis: false, provider: 'sora' },
      { url: database.url, close: () => database.drop() },
    );
  }, 90_000);
  afterAll(() => stage.close());

  it('all end right: each is ordered once, charged once, and its file is the one that the provider made', async () => {
    const customers = new Customers(() => stage.address);
    const blows = new Blows(stage, customers.placed);
    const round = new Round({ stage, customers, blows, random: new Random(1, 'video') }, 1);
    await round.place();
    const struck = await blows.deal(() => stage.killWorkers());
    await round.release();
    await blows.lookAgain();
    await ageOrders();
    await stage.startWorkers(1);
    await eventually(async () => {
      const { rows } = await stage.pool.query('SELECT state FROM video.video WHERE ended_at IS NULL');
      expect(rows).toEqual([]);
    }, ENDS_WITHIN_MS);
    await round.settled();
    const evidence = await readEvidence(stage, customers.placed, blows.everOrdering);
    expect(judge(evidence)).toEqual([]);
    expect(missing(struck)).toEqual([]);
    expect(evidence.rows.filter(({ state }) => state === 'completed').length).toBeGreaterThan(10);
  }, 180_000);

  /** An order is given up after 75 s: they have passed. */
  async function ageOrders(): Promise<void> {
    await stage.pool.query(
      "UPDATE video.video SET submitting_at = submitting_at - interval '80 s' WHERE state = 'submitting'",
    );
  }

  function missing({ videos }: Struck): Step[] {
    return STEADY.filter((step) => !videos.has(step));
  }
});
