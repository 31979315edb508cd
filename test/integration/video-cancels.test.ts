import { Client } from 'pg';
import { VideoCare } from '../../src/video/recovery/video-care.service.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { json, ProviderServer } from '../support/provider-server.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { inState, readVideo, VideoClient } from '../support/video-client.js';

/** What the provider says: a video that has no other waits for a minute. */
const NO_ROOM = json(429, { error: { message: 'busy' } }, { 'retry-after': '60' });
const AT_ONCE_MS = 2_000;

let provider: ProviderServer;
let app: VideoApp;
let database: Client;
beforeAll(async () => {
  provider = await ProviderServer.start();
  app = await startVideoApp({ SORA_BASE_URL: `${provider.url}/v1`, RUNWAYML_API_SECRET: undefined });
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
}, 60_000);
beforeEach(() => provider.forget());
afterAll(async () => {
  await database?.end();
  await app?.close();
  await provider?.close();
});

/** An order that the provider has read; it is refused when the test says so. */
async function orderThatWaits(user: VideoClient): Promise<{ videoId: string; refuse: () => void }> {
  const received = provider.nextRequest();
  let refuse = () => {};
  provider.willAnswer((response, request) => (refuse = () => NO_ROOM(response, request)));
  const videoId = await user.order('a cat');
  await received;
  return { videoId, refuse };
}

async function expectCancelledAtOnce(user: VideoClient, videoId: string): Promise<void> {
  const end = await user.ended(videoId, AT_ONCE_MS);
  expect(end).toMatchObject({ status: 'failed', creditsUsed: 0, error: { code: 'CANCELLED' } });
  expect(await readLedger(app.databaseUrl, user.userId)).toMatchObject({ held: 0n, pendingHolds: 0, charges: 0 });
  expect(provider.requests).toHaveLength(1);
}

it('a video that waits for its provider to have room is over when its cancel is answered', async () => {
  const user = new VideoClient(app);
  const { videoId, refuse } = await orderThatWaits(user);
  refuse();
  await inState(app.databaseUrl, videoId, 'queued');
  const fromMs = performance.now();
  expect((await user.cancel(videoId)).body).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
  expect(performance.now() - fromMs).toBeLessThan(AT_ONCE_MS);
  await expectCancelledAtOnce(user, videoId);
});

it('an order that is refused after the cancel does not wait for room', async () => {
  const user = new VideoClient(app);
  const { videoId, refuse } = await orderThatWaits(user);
  const cancelled = user.cancel(videoId);
  await eventually(async () => expect((await readVideo(app.databaseUrl, videoId)).cancel_asked_at).not.toBeNull());
  refuse();
  await expectCancelledAtOnce(user, videoId);
  expect((await cancelled).status).toBe(200);
});

it('an order that is refused while its cancel is on its way does not wait either', async () => {
  const user = new VideoClient(app);
  const { videoId, refuse } = await orderThatWaits(user);
  const waiting = async (count: number) =>
    eventually(async () => {
      const sql = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
      expect((await database.query(sql)).rowCount).toBe(count);
    });
  // Whoever wants to write it waits in line: first the refusal, then the cancel, which found it being ordered.
  await database.query('BEGIN');
  await database.query('SELECT 1 FROM video.video WHERE id = $1 FOR UPDATE', [videoId]);
  refuse();
  await waiting(1);
  const cancelled = user.cancel(videoId);
  await waiting(2);
  await database.query('COMMIT');
  await expectCancelledAtOnce(user, videoId);
  expect((await cancelled).status).toBe(200);
});

it('a video that waits for room is over as soon as its frozen account is looked at', async () => {
  const user = new VideoClient(app);
  const { videoId, refuse } = await orderThatWaits(user);
  refuse();
  await inState(app.databaseUrl, videoId, 'queued');
  await database.query("SELECT ledger.freeze($1, 'why')", [`user:${user.userId}`]);
  await app.workers[0]!.get(VideoCare, { strict: false }).look();
  await expectCancelledAtOnce(user, videoId);
});
