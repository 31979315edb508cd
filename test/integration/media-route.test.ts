import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { get, request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { request as plainRequest } from 'undici';
import { MediaStore } from '../../src/media/media-store.js';
import { LedgerPool } from '../../src/database/ledger-pool.js';
import type { NewVideo } from '../../src/video/store/video-moves.js';
import { VideoStore } from '../../src/video/store/video.store.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

const KEY = 'film.mp4';
const bytes = randomBytes(1_000_000);

let app: TestApp;
let store: MediaStore;
let dataDirectory: string;
let link: string;
let etag: string;
let modified: string;

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'media-route-'));
  app = await startTestApp({ DATA_DIR: dataDirectory });
  store = app.app.get(MediaStore, { strict: false });
  await put(KEY, bytes);
  link = await linkOf(KEY);
  const { headers } = await ask(link);
  etag = headers.get('etag')!;
  modified = headers.get('last-modified')!;
});
afterAll(async () => {
  await app.close();
  await rm(dataDirectory, { recursive: true });
});

const put = (key: string, content: Buffer) =>
  store.put(Readable.from([content]), { key, mediaType: 'video/mp4', maxBytes: 1e9 });
const linkOf = async (key: string, expiresInMs = 60_000) => app.url + (await store.link(key, expiresInMs));
const ask = (url: string, headers: Record<string, string> = {}, method = 'GET') => fetch(url, { method, headers });

/** `fetch` adds 'no-cache' to conditional requests. */
const plainAnswer = (headers: Record<string, string>) => plainRequest(link, { headers });

async function answer(headers: Record<string, string> = {}, method = 'GET') {
  const response = await ask(link, headers, method);
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

describe('a good link', () => {
  test('gives the file, with all that a player, a page and a cache need to know', async () => {
    const { status, headers, body } = await answer();
    expect(status).toBe(200);
    expect(body.equals(bytes)).toBe(true);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': '1000000',
      'content-disposition': 'inline; filename="film.mp4"',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      etag: expect.stringMatching(/^"[0-9a-f-]+"$/) as string,
      'last-modified': expect.stringMatching(/GMT$/) as string,
    });
    const [, maxAge] = /^private, max-age=(\d+)$/.exec(headers.get('cache-control')!)!;
    expect(Number(maxAge)).toBeLessThanOrEqual(60);
  });

  test('gives the same headers to HEAD, and no bytes', async () => {
    const [whole, head] = [await answer(), await answer({}, 'HEAD')];
    expect(head.status).toBe(200);
    expect(head.body).toHaveLength(0);
    for (const name of ['content-length', 'content-type', 'etag', 'accept-ranges'])
      expect(head.headers.get(name)).toBe(whole.headers.get(name));
  });

  test.each([
    ['bytes=0-99', 0, 99],
    ['bytes=999000-', 999_000, 999_999],
    ['bytes=-500', 999_500, 999_999],
    ['bytes=5-5', 5, 5],
    ['bytes=999999-2000000', 999_999, 999_999],
    ['bytes=0-99999999999999999999999999', 0, 999_999],
  ])('gives a part: %s', async (range, first, last) => {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers, body } = await answer({ range }, method);
      expect(status).toBe(206);
      expect(headers.get('content-range')).toBe(`bytes ${first}-${last}/1000000`);
      expect(headers.get('content-length')).toBe(String(last - first + 1));
      if (method === 'GET') expect(body.equals(bytes.subarray(first, last + 1))).toBe(true);
    }
  });

  test.each(['bytes=1000000-', 'bytes=1000000-1000001', 'bytes=-0', 'bytes=7-3'])(
    'has no such part: %s',
    async (range) => {
      const { status, headers, body } = await answer({ range });
      expect([status, headers.get('content-range'), body.length]).toEqual([416, 'bytes */1000000', 0]);
    },
  );

  test.each([
    'bytes',
    'bytes=',
    'bytes=a-b',
    'bytes=1',
    'lines=0-5',
    'bytes=0-1,5-6',
    `bytes=${'0-,'.repeat(4_000)}0-`,
  ])('gives all of it where a part is asked for in a way that nobody understands: %.20s', async (range) => {
    const { status, body } = await answer({ range });
    expect([status, body.length]).toEqual([200, 1_000_000]);
  });

  test('gives a part only of the file that is meant', async () => {
    const range = 'bytes=0-9';
    const statusIf = async (validator: string) => (await answer({ range, 'if-range': validator })).status;
    expect(await statusIf(etag)).toBe(206);
    expect(await statusIf(modified)).toBe(206);
    expect(await statusIf('"another"')).toBe(200);
    expect(await statusIf(`W/${etag}`)).toBe(200);
    expect(await statusIf(new Date(0).toUTCString())).toBe(200);
  });

  test('says that nothing changed', async () => {
    for (const condition of [{ 'if-none-match': etag }, { 'if-modified-since': modified }]) {
      const { statusCode, headers, body } = await plainAnswer({ ...condition, range: 'bytes=0-9' });
      expect([statusCode, headers.etag, (await body.bytes()).length]).toEqual([304, etag, 0]);
      expect(headers['cache-control']).toContain('private');
    }
    const other = await plainAnswer({ 'if-none-match': '"another"' });
    await other.body.dump();
    expect(other.statusCode).toBe(200);
  });

  test('to an empty file gives nothing, whole', async () => {
    await put('empty.mp4', Buffer.alloc(0));
    const response = await ask(await linkOf('empty.mp4'));
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '0']);
  });
});

describe('without a good link', () => {
  const refusal = async (url: string) => {
    const response = await ask(url);
    return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
  };

  test('there is nothing to see, whether the file is there or not', async () => {
    const alter = (name: string, value: string | undefined) => {
      const url = new URL(link);
      if (value === undefined) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
      return url.href;
    };
    const forged = [
      alter('sig', undefined),
      alter('exp', undefined),
      alter('sig', 'A'.repeat(43)),
      alter('exp', '99999999999'),
      `${link}&sig=A`,
      `${link}&exp=1`,
      link.replace('film', 'other'),
      link.replace('sig=', 'sig[]='),
      link.replace('film.mp4', '..%2f..%2fetc%2fpasswd'),
      link.replace('film.mp4', 'film.mp4%00'),
      link.replace('film.mp4', 'film.mp4%0a'),
    ];
    for (const url of forged) expect([url, ...(await refusal(url))]).toEqual([url, 403, 'FORBIDDEN']);
  });

  test('nor with one that has expired', async () => {
    expect(await refusal(await linkOf(KEY, -2_000))).toEqual([403, 'FORBIDDEN']);
  });

  test('a file that is not there is told to those alone who have a link to it', async () => {
    expect(await refusal(await linkOf('gone.mp4'))).toEqual([404, 'NOT_FOUND']);
  });
});

test("a token need not come along; one that is good and not the video's owner's finds nothing", async () => {
  const videoId = randomUUID();
  await grant('alice');
  await app.app.get(VideoStore, { strict: false }).create(newVideo(videoId, 'alice'));
  const own = await linkOf(`${videoId}.mp4`);
  await put(`${videoId}.mp4`, bytes);
  const statusFor = async (headers: Record<string, string>) => (await ask(own, headers)).status;
  expect(await statusFor({})).toBe(200);
  expect(await statusFor({ authorization: `Bearer ${app.token('alice')}` })).toBe(200);
  expect(await statusFor({ 'x-api-key': app.token('alice') })).toBe(200);
  expect(await statusFor({ authorization: `Bearer ${app.token('mallory')}` })).toBe(404);
  expect(await statusFor({ 'x-api-key': app.token('mallory') })).toBe(404);
  expect(await statusFor({ authorization: 'Bearer nonsense' })).toBe(200);
  expect(await statusFor({ authorization: 'Basic abc' })).toBe(200);
});

describe('readers', () => {
  const openFiles = async () => (await readdir('/proc/self/fd')).length;

  test('that go away leave nothing open', async () => {
    await put('long.mp4', Buffer.alloc(30_000_000));
    const long = await linkOf('long.mp4');
    const before = await openFiles();
    for (let turn = 0; turn < 20; turn++)
      await new Promise<void>((resolve, reject) => {
        const asked = get(long, { agent: false }, (response) => {
          response.once('data', () => {
            response.destroy();
            resolve();
          });
        });
        asked.on('error', reject);
      });
    await eventually(async () => expect(await openFiles()).toBeLessThanOrEqual(before));
  });

  test('that are slow hold no memory, however many', async () => {
    await put('long.mp4', Buffer.alloc(30_000_000));
    const long = await linkOf('long.mp4');
    const before = process.memoryUsage();
    const asked = await Promise.all(Array.from({ length: 40 }, () => openSlowly(long)));
    const { external } = process.memoryUsage(); // array buffers are part of it
    expect(external - before.external).toBeLessThan(60e6); // 1.2 GB are waiting
    expect((await answer()).body.equals(bytes)).toBe(true);
    for (const each of asked) each.destroy();
  });

  test('that are slow keep no node from ending', async () => {
    const own = await startTestApp({ DATA_DIR: dataDirectory, DRAIN_MS: '200' });
    const path = new URL(await linkOf('long.mp4'), app.url);
    const slow = await openSlowly(new URL(path.pathname + path.search, own.url).href);
    slow.removeAllListeners('error').on('error', () => undefined); // it is cut off
    const beganMs = performance.now();
    await own.close();
    expect(performance.now() - beganMs).toBeLessThan(20_000); // Node would have waited for five minutes
  });

  test('that are many get all of it', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => answer()));
    for (const { body } of all) expect(body.equals(bytes)).toBe(true);
  });
});

/** Has the headers and takes nothing more. */
function openSlowly(url: string) {
  return new Promise<ReturnType<typeof request>>((resolve, reject) => {
    const asked = get(url, { agent: false }, (response: { headers: IncomingHttpHeaders; pause(): void }) => {
      response.pause();
      resolve(asked);
    });
    asked.on('error', reject);
  });
}

function grant(userId: string) {
  const values = [[`user:${userId}`], ['first'], [1_000_000n], ['{}']];
  const pool = app.app.get(LedgerPool, { strict: false });
  return pool.query('grant', 'SELECT * FROM ledger.grant_credits($1, $2, $3, $4)', values);
}

function newVideo(id: string, userId: string): NewVideo {
  return {
    id,
    userId,
    fingerprint: 'f',
    request: { workflow: 'text-to-video' },
    prompt: 'a cat',
    originalPrompt: 'a cat',
    plan: { choices: [], substitutions: [] },
    amount: 1_000_000n,
    holdTtlMs: 60_000,
    terms: '{}',
    isReady: false,
  };
}
