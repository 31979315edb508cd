import { Logger, type INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EVERY_RIGHT } from '../../src/auth/role-rights.js';
import { Readable } from 'node:stream';
import { Client } from 'pg';
import { mediaKey } from '../../src/media/media-key.js';
import { MediaStore } from '../../src/media/media-store.js';
import { VideoPlanner } from '../../src/video/plan/video-planner.js';
import { INPUT_ROOM_BYTES, InputRoom } from '../../src/video/steps/input-room.js';
import { SubmitStep } from '../../src/video/steps/submit.step.js';
import { VideoOrders } from '../../src/video/video-orders.service.js';
import { VideosProcessor } from '../../src/video/videos.processor.js';
import { startTestWorker } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { pngOf } from '../support/images.js';
import { readLedger } from '../support/ledger-audit.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { readVideo, VideoClient } from '../support/video-client.js';

/** Two workers that take no jobs: the tests take the steps. */
let app: VideoApp;
let database: Client;
beforeAll(async () => {
  app = await startVideoApp({}, 2);
  for (const worker of app.workers) await of(worker, VideosProcessor).worker.pause(true);
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
}, 60_000);
afterAll(async () => {
  await database?.end();
  await app?.close();
});

const of = <T>(context: INestApplicationContext, type: abstract new (...parameters: never[]) => T): T =>
  context.get(type, { strict: false });
const submit = (videoId: string, worker = app.workers[0]!) => of(worker, SubmitStep).run(videoId);
const jobsOf = ({ userId }: VideoClient) => app.simulator.videoJobs().filter(({ prompt }) => prompt.includes(userId));

it('a submit that is delivered many times at once, to two workers, is one order', async () => {
  const user = new VideoClient(app);
  for (let turn = 0; turn < 5; turn++) {
    const videoId = await user.order(`[[video ms=60000]] ${user.userId}`, { duration: 4 });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => submit(videoId, app.workers[index % 2])),
    );
    expect(outcomes).toHaveLength(20);
    expect(await readVideo(app.databaseUrl, videoId)).toMatchObject({ state: 'submitted', submits: 1 });
    expect(jobsOf(user)).toHaveLength(turn + 1);
  }
});

it('a job whose id can not be written down is stopped and named in the log; nobody orders it again', async () => {
  const user = new VideoClient(app);
  const logged: string[] = [];
  Logger.overrideLogger({ log: () => {}, warn: () => {}, error: (line: string) => logged.push(line) });
  await database.query(`CREATE FUNCTION video.lose_id() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'a disk is full of errors'; END $$`);
  await database.query(`CREATE TRIGGER lose_id BEFORE UPDATE ON video.video FOR EACH ROW
    WHEN (NEW.state = 'submitted' AND OLD.state = 'submitting') EXECUTE FUNCTION video.lose_id()`);
  try {
    const videoId = await user.order(`[[video ms=60000]] ${user.userId}`);
    await expect(submit(videoId)).rejects.toThrow('a disk is full of errors');
    const [job] = jobsOf(user);
    expect(job).toMatchObject({ status: 'cancelled', cancels: 1 });
    expect(logged.join()).toContain(`Video ${videoId} was taken as job ${job!.id} at sora`);
    expect(logged.join()).not.toContain(user.userId);

    expect(await submit(videoId)).toMatchObject({ kind: 'again' });
    await database.query("UPDATE video.video SET submitting_at = submitting_at - interval '80 s' WHERE id = $1", [
      videoId,
    ]);
    await submit(videoId);
    const end = { state: 'failed', submits: 1, job_id: null, is_flagged: true, charged: 0n };
    expect(await readVideo(app.databaseUrl, videoId)).toMatchObject(end);
    expect(jobsOf(user)).toHaveLength(1);
    expect(await readLedger(app.databaseUrl, user.userId)).toMatchObject({ held: 0n, charges: 0 });
  } finally {
    await database.query('DROP FUNCTION video.lose_id CASCADE');
    Logger.overrideLogger(false);
  }
});

it('an order whose input finds no room in the worker waits, and holds up none that needs no room', async () => {
  const user = new VideoClient(app);
  const [worker] = app.workers;
  const giveBack = of(worker!, InputRoom).take(INPUT_ROOM_BYTES)!;
  const large = await orderWithImage(user.userId);
  expect(await submit(large)).toEqual({ kind: 'again', afterMs: expect.any(Number) as number });
  expect(await readVideo(app.databaseUrl, large)).toMatchObject({ state: 'queued', submits: 0 });
  const small = await user.order(`[[video ms=60000]] ${user.userId}`, { duration: 4 });
  await submit(small);
  expect(await readVideo(app.databaseUrl, small)).toMatchObject({ state: 'submitted' });
  giveBack();
  await submit(large);
  await eventually(() => expect(jobsOf(user).map(({ input }) => input?.mediaType)).toContain('image/png'));
  // Given back again, whatever became of the order.
  expect(of(worker!, InputRoom).take(INPUT_ROOM_BYTES)).toBeDefined();
});

/** Runs the step, and has its first change of the row come after `change`. */
async function overtakenBy<T>(videoId: string, change: string, step: () => Promise<T>): Promise<T> {
  await database.query('BEGIN');
  await database.query('SELECT 1 FROM video.video WHERE id = $1 FOR UPDATE', [videoId]);
  const taken = step();
  await eventually(async () => {
    const sql = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    expect((await database.query(sql)).rowCount).toBe(1);
  });
  await database.query(`UPDATE video.video SET ${change} WHERE id = $1`, [videoId]);
  await database.query('COMMIT');
  return taken;
}

it('an order that is to be cancelled by the time it would be sent is not', async () => {
  const user = new VideoClient(app);
  const videoId = await user.order(`[[video ms=60000]] ${user.userId}`);
  const outcome = await overtakenBy(videoId, 'cancel_asked_at = clock_timestamp()', () => submit(videoId));
  expect(outcome).toEqual({ kind: 'again', afterMs: 0 });
  await submit(videoId);
  expect(await readVideo(app.databaseUrl, videoId)).toMatchObject({ state: 'cancelled', submits: 0, charged: 0n });
  expect(jobsOf(user)).toEqual([]);
});

it("a worker that doesn't know its provider fails no video that another one is ordering", async () => {
  const user = new VideoClient(app);
  const stranger = await startTestWorker(app, { SORA_BASE_URL: undefined, SORA_API_KEY: undefined });
  await of(stranger, VideosProcessor).worker.pause(true);
  try {
    const videoId = await user.order(`[[video ms=60000]] ${user.userId}`, { duration: 16 });
    const ordering = "state = 'submitting', submits = 1, submitting_at = clock_timestamp()";
    await overtakenBy(videoId, ordering, () => submit(videoId, stranger));
    expect(await readVideo(app.databaseUrl, videoId)).toMatchObject({ state: 'submitting', submits: 1 });
    await database.query("UPDATE video.video SET state = 'queued' WHERE id = $1", [videoId]);
    await submit(videoId, stranger);
    expect(await readVideo(app.databaseUrl, videoId)).toMatchObject({ state: 'failed', submits: 1, charged: 0n });
  } finally {
    await stranger.close();
  }
});

/** A video that begins with an image, as a workflow orders one. */
async function orderWithImage(userId: string): Promise<string> {
  const bytes = Buffer.from(pngOf(1280, 720), 'base64');
  const size = { width: 1280, height: 720 };
  const target = {
    key: mediaKey(`input-${randomUUID()}`, 'image/png'),
    mediaType: 'image/png',
    maxBytes: bytes.length,
  };
  const stored = await of(app.app, MediaStore).put(Readable.from([bytes]), target);
  const wish = { operation: 'image-to-video', duration: 4, resolution: '720p', input: size } as const;
  const prompt = `[[video ms=60000]] ${userId}`;
  const video = await of(app.app, VideoOrders).create({
    ...{ userId, claim: {}, admitted: () => undefined },
    fingerprint: randomUUID(),
    request: { workflow: 'image-to-video' },
    prompt,
    originalPrompt: prompt,
    input: { ...stored, ...size },
    plan: of(app.app, VideoPlanner).plan({ ...wish, prompt }, EVERY_RIGHT),
    isReady: true,
  });
  return video.id;
}
