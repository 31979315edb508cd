import { randomUUID } from 'node:crypto';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { VideoCare } from '../../src/video/recovery/video-care.service.js';
import { PollStep } from '../../src/video/steps/poll.step.js';
import { SettleStep } from '../../src/video/steps/settle.step.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame } from '../support/socket-client.js';
import { makeDataFolder, type TestFolder } from '../support/test-folders.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { inState, readVideo, VideoClient, type VideoOrderBody } from '../support/video-client.js';

/** What others' trackers know to go wrong with videos, each as it goes here, over the whole product. */
const ROWS: Record<string, () => Promise<void>> = {
  'charged for failures': chargedForFailures,
  'refunded twice by overlapping pollers': refundedTwice,
  'lost after a restart': lostAfterRestart,
  'serial pollers 10–30 minutes behind': pollersBehind,
  'status asked with another key than the submit': askedWithAnotherKey,
  "expired links: the provider's": providersLinkExpires,
  'expired links: ours': ourLinkExpires,
  "provider keys sent to a redirect's host": keysToRedirect,
  "another user's video readable by id": anothersVideo,
  'moderation polled for ever': moderationPolledForEver,
};

const SIGNUP = { posted: 10_000_000_000n, held: 0n, pendingHolds: 0, charges: 0, faults: [] };
const AT_RUNWAY: VideoOrderBody = { duration: 5, aspectRatio: '1:1' };
const LINK_MS = 2_000;

let folder: TestFolder;
let app: VideoApp;
/** With few places for questions. */
let narrow: VideoApp;
let restart: Promise<Restart>;
const running = new Map<string, Promise<void>>();
const closings: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await makeDataFolder();
  app = await startVideoApp({ DATA_DIR: folder.path, MEDIA_LINK_MS: `${LINK_MS}` }, 2);
  narrow = await startVideoApp({ DATA_DIR: folder.path, VIDEO_CONCURRENCY: '8', SIGNUP_CREDITS: '1000000' });
  restart = restartWithVideos();
  restart.catch(() => undefined);
  // Most of their time is the wait for a provider: all of them at once.
  for (const [name, row] of Object.entries(ROWS)) {
    const isDone = row();
    isDone.catch(() => undefined); // its own test says so
    running.set(name, isDone);
  }
}, 120_000);
afterAll(async () => {
  await Promise.allSettled(running.values());
  for (const close of closings.reverse()) await close();
  await narrow?.close();
  await app?.close();
  await folder?.remove();
}, 60_000);

it.each(Object.keys(ROWS))('is not %s', (name) => running.get(name), 120_000);

const jobsOf = (simulator: Simulator, { userId }: VideoClient) =>
  simulator.videoJobs().filter(({ prompt }) => prompt.includes(userId));

/** Orders a video whose prompt names its user. */
const order = (user: VideoClient, script: string, body?: VideoOrderBody) =>
  user.order(`[[video ${script}]] ${user.userId}`, body);

async function chargedForFailures(): Promise<void> {
  for (const body of [{}, AT_RUNWAY]) {
    await Promise.all(
      ['failed', 'moderated'].map(async (end) => {
        const user = new VideoClient(app);
        const videoId = await order(user, `ms=1000 fail=${end}`, body);
        expect(await user.ended(videoId)).toMatchObject({ status: 'failed', creditsUsed: 0 });
        expect(await readLedger(app.databaseUrl, user.userId)).toMatchObject(SIGNUP);
        const { entries } = (await user.rest.get<{ entries: { kind: string }[] }>('/api/mcp/credits/entries')).body;
        expect(entries.map(({ kind }) => kind)).not.toContain('charge');
      }),
    );
  }
}

async function refundedTwice(): Promise<void> {
  const [failing, finishing] = [new VideoClient(app), new VideoClient(app)];
  const failed = await order(failing, 'ms=3000 fail=failed');
  const finished = await order(finishing, 'ms=3000 content=trickle delay=30');
  await Promise.all([failed, finished].map((id) => inState(app.databaseUrl, id, 'submitted', 'processing')));
  const takeSteps = (id: string) =>
    Promise.all(
      app.workers.flatMap((each) =>
        [PollStep, PollStep, SettleStep, SettleStep].map((step) => each.get<PollStep>(step, { strict: false }).run(id)),
      ),
    );
  const isOver = (user: VideoClient, id: string) =>
    eventually(async () => {
      await takeSteps(id);
      expect((await user.status(id)).status).not.toBe('processing');
      await takeSteps(id);
    });
  await Promise.all([isOver(failing, failed), isOver(finishing, finished)]);
  expect(await readLedger(app.databaseUrl, failing.userId)).toMatchObject(SIGNUP);
  const paid = { ...SIGNUP, posted: 8_400_000_000n, charged: 1_600_000_000n, charges: 1 };
  expect(await readLedger(app.databaseUrl, finishing.userId)).toMatchObject(paid);
  expect(jobsOf(app.simulator, finishing)).toMatchObject([{ contentFetches: 1 }]);
}

/** A gateway that went while two videos were being made, and the next one: with the first key for sora, and another for Runway. */
interface Restart {
  databaseUrl: string;
  simulator: Simulator;
  user: VideoClient;
  atSora: string;
  atRunway: string;
  /** Requests about the video at Runway, before the restart. */
  askedBefore: number;
}

const askedAbout = (simulator: Simulator, jobId: string) =>
  simulator.videoCalls().filter(({ path }) => path.includes(jobId)).length;

async function restartWithVideos(): Promise<Restart> {
  const [database, simulator] = await Promise.all([createTestDatabase(), startSimulator({ gapMs: 1 })]);
  closings.push(
    () => database.drop(),
    () => simulator.close(),
  );
  const databaseUrl = database.url;
  const variables = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder.path,
    SORA_BASE_URL: `${simulator.url}/v1`,
    SORA_API_KEY: 'key-for-sora',
    RUNWAYML_BASE_URL: simulator.url,
    RUNWAYML_API_SECRET: 'first-key',
  };
  const before = await startVideoApp(variables);
  const user = new VideoClient(before);
  const [atSora, atRunway] = [await order(user, 'ms=4000'), await order(user, 'ms=60000', AT_RUNWAY)];
  await inState(databaseUrl, atSora, 'submitted', 'processing');
  const { job_id: jobId } = await inState(databaseUrl, atRunway, 'submitted', 'processing');
  await before.close();
  const askedBefore = askedAbout(simulator, jobId!);
  const changes = { RUNWAYML_API_SECRET: 'another-key', VIDEO_DEADLINE_MS: '10000' };
  const after = await startVideoApp({ ...variables, ...changes });
  closings.push(() => after.close());
  return { databaseUrl, simulator, user: new VideoClient(after, user.userId), atSora, atRunway, askedBefore };
}

async function lostAfterRestart(): Promise<void> {
  const { simulator, user, atSora } = await restart;
  expect(await user.ended(atSora)).toMatchObject({ status: 'completed', creditsUsed: 1_600 });
  expect(simulator.videoJobs().filter(({ wire }) => wire === 'sora')).toHaveLength(1);
}

async function askedWithAnotherKey(): Promise<void> {
  const { databaseUrl, simulator, user, atRunway, askedBefore } = await restart;
  const end = await user.ended(atRunway);
  expect(end).toMatchObject({ status: 'failed', error: { code: 'UPSTREAM_LOST' }, creditsUsed: 0 });
  const { job_id: jobId, is_flagged: isFlagged } = await readVideo(databaseUrl, atRunway);
  expect(isFlagged).toBe(true);
  expect(askedAbout(simulator, jobId!)).toBe(askedBefore);
}

/** One vendor lets every question hang: the other's videos are noticed as soon as ever. */
async function pollersBehind(): Promise<void> {
  const [slow, quick] = [new VideoClient(narrow), new VideoClient(narrow)];
  for (let count = 0; count < 24; count++) await order(slow, 'ms=500 poll=hang');
  const isUnanswered = ({ wire, method, status }: { wire: string; method: string; status?: number }) =>
    wire === 'sora' && method === 'GET' && status === undefined;
  const unanswered = () => narrow.simulator.videoCalls().filter(isUnanswered).length;
  await eventually(() => expect(unanswered()).toBeGreaterThan(3));
  const others = await Promise.all(Array.from({ length: 6 }, () => order(quick, 'ms=500', AT_RUNWAY)));
  const ends = await Promise.all(others.map((id) => quick.ended(id, 19_000)));
  expect(ends.map(({ status }) => status)).toEqual(ends.map(() => 'completed'));
}

async function providersLinkExpires(): Promise<void> {
  const user = new VideoClient(app);
  const videoId = await order(user, 'ms=1000 content=expired content-times=1', AT_RUNWAY);
  expect(await user.ended(videoId)).toMatchObject({ status: 'completed', creditsUsed: 3_600 });
  const [job] = jobsOf(app.simulator, user);
  expect(job!.contentFetches).toBe(2);
}

async function ourLinkExpires(): Promise<void> {
  const user = new VideoClient(app);
  const videoId = await order(user, 'ms=1000');
  const linkNow = async () => new URL((await user.ended(videoId)).url!, app.url).href;
  const first = await linkNow();
  expect((await fetch(first, { method: 'HEAD' })).status).toBe(200);
  await eventually(async () => expect((await fetch(first, { method: 'HEAD' })).status).toBe(403));
  const second = await linkNow();
  expect(second).not.toBe(first);
  expect((await fetch(second, { method: 'HEAD' })).status).toBe(200);
}

async function keysToRedirect(): Promise<void> {
  const user = new VideoClient(app);
  const videoId = await order(user, 'ms=1000 content=redirect');
  expect(await user.ended(videoId)).toMatchObject({ status: 'completed' });
  const [job] = jobsOf(app.simulator, user);
  const toFiles = app.simulator.videoCalls().filter(({ wire, path }) => wire === 'files' && path.includes(job!.id));
  expect(toFiles).toMatchObject([{ status: 200, hasKey: false }]);
}

async function anothersVideo(): Promise<void> {
  const owner = new VideoClient(app);
  const eve = new VideoClient(app);
  const listen = async ({ userId }: VideoClient) => {
    const socket = await connect(app.wsUrl, app.token(userId));
    closings.push(() => socket.close());
    socket.send({ id: 'all', type: 'subscribe', channel: 'videos' });
    await socket.first('the answer', ({ id }) => id === 'all');
    return { socket, heard: () => socket.frames('all').map((frame) => (frame as Frame & { event: string }).event) };
  };
  const [atOwner, atEve] = [await listen(owner), await listen(eve)];
  const videoId = await order(owner, 'ms=1000');
  const routes = [`/api/mcp/sora2/status/${videoId}`, `/api/mcp/videos/${videoId}`];
  const refused = async () => {
    for (const route of routes) expect((await eve.rest.get(route)).status).toBe(404);
    expect((await eve.cancel(videoId)).status).toBe(404);
    expect(JSON.stringify((await eve.rest.get('/api/mcp/videos')).body)).not.toContain(videoId);
  };
  await refused();
  const { url } = await owner.ended(videoId);
  await refused();
  const link = new URL(url!, app.url);
  expect((await eve.rest.get(link.pathname + link.search)).status).toBe(404);
  expect((await new RestClient(link.origin).get(link.pathname)).status).toBe(403);
  expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
  await eventually(() => expect(atOwner.heard()).toContain('video.completed'));
  // A video of her own comes after the other's news: by then that would have come too.
  const own = await order(eve, `ms=1000 fail=failed code=${randomUUID()}`);
  await eve.ended(own);
  await eventually(() => expect(atEve.heard()).toContain('video.failed'));
  expect(JSON.stringify(atEve.socket.received)).not.toContain(videoId);
}

async function moderationPolledForEver(): Promise<void> {
  for (const [script, body] of [
    ['ms=1000 fail=moderated', {}],
    ['create=moderated', AT_RUNWAY],
  ] as const) {
    const user = new VideoClient(app);
    const videoId = await order(user, script, body);
    const end = await user.ended(videoId);
    expect(end).toMatchObject({ status: 'failed', error: { code: 'CONTENT_FILTERED' } });
    const polls = () => jobsOf(app.simulator, user)[0]!.polls;
    const pollsAtEnd = polls();
    for (const each of app.workers) {
      await each.get(VideoCare, { strict: false }).look(0);
      await each.get(PollStep, { strict: false }).run(videoId);
    }
    await eventually(async () => expect((await user.cancel(videoId)).status).toBe(200));
    expect(pollsAtEnd).toBeLessThanOrEqual(2);
    expect(polls()).toBe(pollsAtEnd);
  }
}
