import { Client } from 'pg';
import type { AdminVideoResponse, AdminVideosResponse } from '../../src/admin/videos.dto.js';
import type { ErasureResponse } from '../../src/admin/erasure.dto.js';
import { RestClient } from '../support/rest-client.js';
import { tablesWith } from '../support/stored-texts.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { VideoClient } from '../support/video-client.js';

const PATH = '/api/mcp/admin/videos';
const SECRET = 'what-alice-wanted';

let app: VideoApp;
let admin: RestClient;
let database: Client;
/** Of alice, who ordered them in this order. */
const videos: Record<'good' | 'unknown' | 'short', string> = { good: '', unknown: '', short: '' };
let ofBob: string;

beforeAll(async () => {
  app = await startVideoApp({ SIGNUP_CREDITS: '100000' });
  admin = new RestClient(app.url, app.token('root', ['admin']));
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
  const [alice, bob] = [new VideoClient(app, 'alice'), new VideoClient(app, 'bob')];
  const sora = { duration: 16 }; // made by sora alone
  videos.good = await alice.order(`[[video ms=100]] ${SECRET}`);
  videos.unknown = await alice.order(`[[video create=500]] ${SECRET}`, sora);
  videos.short = await alice.order(`[[video ms=100 content=short]] ${SECRET}`);
  ofBob = await bob.order(`[[video create=401]] ${SECRET}`, sora);
  for (const id of Object.values(videos)) await alice.ended(id);
  await bob.ended(ofBob);
}, 90_000);
afterAll(async () => {
  await database?.end();
  await app?.close();
});

const list = async (query = '') => (await admin.get<AdminVideosResponse>(`${PATH}${query}`)).body;
const idsOf = async (query: string) => (await list(query)).videos.map(({ videoId }) => videoId);
const resolve = (videoId: string, body: object, as = admin) =>
  as.post<AdminVideoResponse>(`${PATH}/${videoId}/resolve`, body);
const acts = async () => {
  const { rows } = await database.query<{ subject: string; details: object }>(
    "SELECT subject, details FROM audit.event WHERE action = 'admin.video.resolve' ORDER BY id",
  );
  return rows;
};

test('the flagged ones are listed, newest first, each with why, and nothing of what was asked for', async () => {
  const { videos: flagged, nextCursor } = await list('?flagged=true');
  expect(flagged.map(({ videoId, flag }) => [videoId, flag?.reason])).toEqual([
    [ofBob, 'key_or_quota'],
    [videos.short, 'less_than_ordered'],
    [videos.unknown, 'order_unknown'],
  ]);
  expect(nextCursor).toBeNull();
  expect(JSON.stringify(flagged)).not.toContain(SECRET);
  const [, short, unknown] = flagged;
  expect(unknown).toMatchObject({
    ...{ userId: 'alice', provider: 'sora', state: 'failed', jobId: null, orders: 1, file: null, verdict: null },
    ...{ ordered: { seconds: 16, resolution: '720p' }, creditsOrdered: 3_200, creditsCharged: 0 },
    error: { code: 'SUBMIT_UNKNOWN' },
  });
  expect(short).toMatchObject({
    ...{ state: 'completed', ordered: { seconds: 8 }, creditsOrdered: 1_600, creditsCharged: 800 },
    ...{ jobId: expect.any(String), error: null },
  });
  expect(short!.file!.seconds).toBeLessThan(short!.ordered.seconds);
});

test('they are listed by whose they are, by how they stand and by who makes them, page by page', async () => {
  expect(await idsOf('?userId=alice')).toEqual([videos.short, videos.unknown, videos.good]);
  expect(await idsOf('?flagged=false')).toEqual([videos.good]);
  expect(await idsOf('?flagged=true&userId=bob')).toEqual([ofBob]);
  expect(await idsOf('?status=failed&userId=alice')).toEqual([videos.unknown]);
  expect(await idsOf('?state=completed')).toEqual([videos.short, videos.good]);
  expect(await idsOf('?state=completed&status=failed')).toEqual([]);
  expect(await idsOf('?provider=sora')).toHaveLength(4);
  expect(await idsOf('?provider=runway')).toEqual([]);
  expect(await idsOf('?to=2020-01-01')).toEqual([]);
  expect(await idsOf('?from=2020-01-01')).toHaveLength(4);
  const first = await list('?limit=3');
  expect(first.videos).toHaveLength(3);
  const rest = await list(`?limit=3&cursor=${encodeURIComponent(first.nextCursor!)}`);
  expect(rest).toMatchObject({ videos: [{ videoId: videos.good }], nextCursor: null });
});

test.each([
  'flagged=1',
  'resolved=no',
  'state=lost',
  'status=flagged',
  'cursor=x',
  'limit=0',
  'userId=%20',
  'order=asc',
])('?%s is refused by its name', async (query) => {
  const { status, body } = await admin.get(`${PATH}?${query}`);
  expect(status).toBe(400);
  expect(body.error!.details!.fields![0]!.field).toBe(query.split('=')[0]);
});

test('what came of one is noted once, by whom and when, in the trail too, and moves no money', async () => {
  const balance = () => new RestClient(app.url, app.token('alice')).get('/api/mcp/credits');
  const before = (await balance()).body;
  const verdict = { resolution: 'charged', note: 'their invoice of November has it' };
  const { status, body } = await resolve(videos.unknown, verdict);
  expect(status).toBe(200);
  expect(body).toMatchObject({ videoId: videos.unknown, verdict: { ...verdict, by: 'root', at: expect.any(String) } });
  const again = await resolve(videos.unknown, verdict, new RestClient(app.url, app.token('other', ['admin'])));
  expect(again.body).toEqual(body);
  const details = { video: videos.unknown, resolution: 'charged', reason: verdict.note };
  expect(await acts()).toEqual([{ subject: 'alice', details }]);
  expect((await balance()).body).toEqual(before);
  expect(await idsOf('?flagged=true&resolved=false')).toEqual([ofBob, videos.short]);
  expect(await idsOf('?resolved=true')).toEqual([videos.unknown]);
});

test('a later word takes the place of an earlier one, and the trail has both', async () => {
  await resolve(videos.short, { resolution: 'unknown', note: 'they do not answer' });
  const { body } = await resolve(videos.short, { resolution: 'refunded', note: 'half of it' });
  expect(body.verdict).toMatchObject({ resolution: 'refunded', note: 'half of it' });
  expect((await acts()).slice(-2).map(({ details }) => details)).toMatchObject([
    { resolution: 'unknown' },
    { resolution: 'refunded' },
  ]);
});

test('one that is not flagged, is not there, or whose verdict is none is refused, and nothing is noted', async () => {
  const before = await acts();
  const verdict = { resolution: 'charged', note: 'x' };
  expect(await resolve(videos.good, verdict)).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
  for (const id of ['no-such-video', 'a%20b', 'x'.repeat(100)])
    expect(await resolve(id, verdict)).toMatchObject({ status: 404 });
  for (const body of [{}, { ...verdict, resolution: 'paid' }, { ...verdict, note: ' ' }, { ...verdict, credits: 5 }])
    expect(await resolve(ofBob, body)).toMatchObject({ status: 400 });
  const mallory = new RestClient(app.url, app.token('mallory'));
  expect(await resolve(ofBob, verdict, mallory)).toMatchObject({ status: 403 });
  expect(await mallory.get(`${PATH}?flagged=true`)).toMatchObject({ status: 403 });
  expect(await acts()).toEqual(before);
});

test('the note goes with the texts of the video’s user; that it was resolved stays', async () => {
  await resolve(ofBob, { resolution: 'not_charged', note: 'bob-was-on-the-phone' });
  expect(await tablesWith(database, 'bob-was-on-the-phone')).toEqual(['audit.event', 'video.video']);
  await admin.ask<ErasureResponse>('DELETE', '/api/mcp/admin/users/bob/data');
  expect(await tablesWith(database, 'bob-was-on-the-phone')).toEqual([]);
  const { videos: found } = await list('?userId=bob');
  expect(found).toMatchObject([
    { flag: { reason: 'key_or_quota' }, verdict: { resolution: 'not_charged', note: null } },
  ]);
});
