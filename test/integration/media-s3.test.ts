import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { MediaStore, type PutMedia } from '../../src/media/media-store.js';
import { S3MediaStore } from '../../src/media/s3-media-store.js';
import { VideoReader } from '../../src/media/video-reader.js';
import { startTestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { startS3Server, type Misbehaviour, type S3Server } from '../support/s3-server.js';
import { makeClip } from '../support/video-clips.js';

const KEY = 'one.mp4';
const target = (maxBytes = 1e9): PutMedia => ({ key: KEY, mediaType: 'video/mp4', maxBytes });
const small = randomBytes(300_000);
const large = randomBytes(12_000_000);

let s3: S3Server;
let store: S3MediaStore;
beforeEach(async () => {
  s3 = await startS3Server();
  store = new S3MediaStore(settings());
});
afterEach(async () => {
  store.onApplicationShutdown();
  await s3.close();
});

const settings = () => ({
  bucket: s3.bucket,
  endpoint: s3.url,
  region: 'eu-central-1',
  credentials: s3.key,
  prefix: 'videos/',
});
const inPieces = (bytes: Buffer) =>
  Readable.from(
    Array.from({ length: 100 }, (_, index) =>
      bytes.subarray((index * bytes.length) / 100, ((index + 1) * bytes.length) / 100),
    ),
  );

/** Does that to the first requests that fit. */
function misbehaveTimes(
  times: number,
  fits: (method: string, url: string) => boolean,
  how: Misbehaviour,
): () => number {
  let done = 0;
  s3.misbehave = (request, response) => {
    if (done >= times || !fits(request.method!, request.url!)) return false;
    done++;
    return how(request, response);
  };
  return () => done;
}
const fail500: Misbehaviour = (request, response) => {
  request.resume();
  response.writeHead(500).end();
  return true;
};
const resetAmid: Misbehaviour = (request) => {
  request.once('data', () => request.socket.destroy());
  return true;
};

describe('a file in a bucket', () => {
  test.each([
    ['small', () => small, ['PUT']],
    ['of several parts', () => large, ['POST part', 'POST upload', 'PUT part', 'PUT part', 'PUT part']],
  ])('%s is written with its size, hash and type, and read back, whole and in parts', async (_name, make, calls) => {
    const bytes = make();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await store.put(inPieces(bytes), target())).toEqual({ ...stored(bytes), sha256 });
    expect([...s3.calls].sort()).toEqual(calls);
    expect([...s3.objects.keys()]).toEqual(['videos/one.mp4']);
    expect(s3.objects.get('videos/one.mp4')).toMatchObject({ type: 'video/mp4' });
    expect(await store.stat(KEY)).toMatchObject({
      ...stored(bytes),
      etag: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
    expect((await buffer(await store.read(KEY))).equals(bytes)).toBe(true);
    const part = await buffer(await store.read(KEY, { first: 1_000, last: 250_000 }));
    expect(part.equals(bytes.subarray(1_000, 250_001))).toBe(true);
    expect(s3.uploads.size).toBe(0);
  });

  test('is gone once it is deleted, and once more does no harm', async () => {
    await store.put(Readable.from([small]), target());
    await store.delete(KEY);
    await store.delete(KEY);
    expect(await store.stat(KEY)).toBeUndefined();
    await expect(store.read(KEY)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('has a link of the bucket itself, which expires and is good for nothing else', async () => {
    await store.put(Readable.from([small]), target());
    const link = await store.link(KEY, 60_000);
    const answer = await fetch(link);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toBe('inline; filename="one.mp4"');
    expect(Buffer.from(await answer.arrayBuffer()).equals(small)).toBe(true);
    expect((await fetch(link, { headers: { range: 'bytes=0-9' } })).status).toBe(206);
    const statuses = [];
    for (const url of [
      link.replace('one', 'two'),
      link.replace('Expires=60', 'Expires=6000'),
      await store.link(KEY, -2_000),
    ])
      statuses.push((await fetch(url)).status);
    statuses.push((await fetch(link, { method: 'DELETE' })).status);
    expect(statuses).toEqual([403, 403, 403, 403]);
  });

  test('is under no key that is none', async () => {
    for (const key of ['../one.mp4', '', '.one.mp4', 'a/b.mp4']) {
      await expect(store.put(Readable.from(['x']), { ...target(), key })).rejects.toThrow();
      expect(await store.stat(key)).toBeUndefined();
      await expect(store.read(key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(store.link(key, 1_000)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await store.delete(key);
    }
    expect(s3.calls).toEqual([]);
  });

  test('is listed with others whose keys begin alike, over as many pages as there are', async () => {
    const keys = ['input-1.mp4', 'input-2.mp4', 'input-3.mp4', 'input-4.mp4', 'input-5.mp4', 'other.mp4'];
    for (const key of keys) await store.put(Readable.from([small]), { ...target(), key });
    const found: string[] = [];
    for await (const { key, modifiedAt } of store.list('input-')) {
      expect(modifiedAt).toEqual(s3.objects.get(`videos/${key}`)!.modifiedAt);
      found.push(key);
    }
    expect(found).toEqual(keys.slice(0, 5));
    expect(s3.calls.filter((call) => call === 'GET list')).toHaveLength(3);
    for await (const { key } of store.list('none-')) throw new Error(`there is ${key}`);
  });

  test('is read for what it is', async () => {
    const clip = await makeClip({ seconds: 2 });
    await store.put(Readable.from([clip]), target());
    expect(await new VideoReader(store).read(KEY)).toEqual({
      width: 320,
      height: 180,
      seconds: 2,
      frames: 20,
      codec: 'avc',
    });
  });
});

describe('a bucket that stumbles is asked again:', () => {
  test.each([
    ['a part', (method: string, url: string) => method === 'PUT' && url.includes('partNumber=2')],
    ['the beginning', (method: string, url: string) => method === 'POST' && url.includes('uploads')],
    ['the end', (method: string, url: string) => method === 'POST' && url.includes('uploadId')],
  ])('%s fails', async (_name, fits) => {
    for (const how of [fail500, resetAmid].slice(0, fits('PUT', 'partNumber=2') ? 2 : 1)) {
      const done = misbehaveTimes(2, fits, how);
      expect((await store.put(inPieces(large), target())).bytes).toBe(large.length);
      expect(done()).toBe(2);
      expect(s3.objects.get('videos/one.mp4')!.body.equals(large)).toBe(true);
    }
  });

  test('a read that has not begun fails', async () => {
    await store.put(Readable.from([small]), target());
    misbehaveTimes(2, (method) => method === 'GET', fail500);
    expect((await buffer(await store.read(KEY))).equals(small)).toBe(true);
  });
});

describe('nothing is left behind, and the source is destroyed,', () => {
  afterEach(async () => {
    s3.misbehave = undefined;
    await eventually(() => expect(s3.uploads.size).toBe(0));
    expect(s3.objects.size).toBe(0);
  });

  test.each([
    ['small', small],
    ['of several parts', large],
  ])('where a file, %s, is larger than it may be', async (_name, bytes) => {
    const source = inPieces(bytes);
    await expect(store.put(source, target(bytes.length - 1))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(source.destroyed).toBe(true);
  });

  test('where the bucket goes on failing', async () => {
    misbehaveTimes(Infinity, (method, url) => method === 'PUT' && url.includes('partNumber=2'), fail500);
    const source = inPieces(large);
    await expect(store.put(source, target())).rejects.toMatchObject({
      ...{ name: 'MediaStoreError', cause: { $metadata: { httpStatusCode: 500 } } },
    });
    expect(source.destroyed).toBe(true);
  });

  test('where nobody is at home', async () => {
    misbehaveTimes(Infinity, () => true, resetAmid);
    await expect(store.put(inPieces(small), target())).rejects.toMatchObject({ name: 'MediaStoreError' });
  });

  test('where the source fails amid', async () => {
    const source = Readable.from(
      (async function* () {
        yield large;
        await eventually(() => expect(s3.uploads.size).toBe(1));
        throw new Error('the provider is gone');
      })(),
    );
    await expect(store.put(source, target())).rejects.toThrow('the provider is gone');
  });

  test('where it is aborted, before or amid', async () => {
    const abort = new AbortController();
    const source = new Readable({ read() {} });
    const written = store.put(source, target(), { signal: abort.signal });
    source.push(large);
    await eventually(() => expect(s3.uploads.size).toBe(1));
    abort.abort();
    await expect(written).rejects.toMatchObject({ name: 'AbortError' });
    expect(source.destroyed).toBe(true);
    const late = Readable.from(['x']);
    await expect(store.put(late, target(), { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('where it is aborted while the bucket says nothing', async () => {
    const held: (() => void)[] = [];
    misbehaveTimes(
      2,
      (method) => method === 'PUT',
      (request, response) => {
        request.resume();
        held.push(() => response.setHeader('ETag', '"x"').end());
        return true;
      },
    );
    const abort = new AbortController();
    const written = store.put(inPieces(large), target(), { signal: abort.signal });
    await eventually(() => expect(held).toHaveLength(2));
    abort.abort();
    await expect(written).rejects.toMatchObject({ name: 'AbortError' });
    held.forEach((answer) => answer());
  });

  test('where the key is another', async () => {
    const stranger = new S3MediaStore({ ...settings(), credentials: { ...s3.key, secretAccessKey: 'guessed' } });
    await expect(stranger.put(inPieces(small), target())).rejects.toMatchObject({
      ...{ name: 'MediaStoreError', fault: 'SignatureDoesNotMatch' },
    });
    stranger.onApplicationShutdown();
  });
});

test('a read that breaks off is a failure, never a short file', async () => {
  await store.put(Readable.from([large]), target());
  s3.misbehave = (_request, response) => {
    response.writeHead(200, { 'content-length': large.length });
    response.write(large.subarray(0, 1_000), () => response.destroy());
    return true;
  };
  const content = await store.read(KEY);
  await expect(buffer(content)).rejects.toThrow();
});

test('is asked for no faster than a reader takes it, nor written faster than the bucket does', async () => {
  let made = 0;
  const release: (() => void)[] = [];
  s3.misbehave = (request, response) => {
    if (!request.url!.includes('partNumber')) return false;
    release.push(() => {
      request.resume();
      response.setHeader('ETag', '"x"').end();
    });
    return true;
  };
  const source = new Readable({
    read() {
      made += 65_536;
      this.push(made > 60e6 ? null : Buffer.alloc(65_536));
    },
  });
  const written = store.put(source, target());
  await eventually(() => expect(release).toHaveLength(2));
  let before = -1;
  await eventually(() => {
    const isStill = made === before;
    before = made;
    expect(isStill).toBe(true);
  });
  expect(made).toBeLessThan(25e6);
  source.destroy(new Error('enough'));
  for (const each of release) each();
  await expect(written).rejects.toThrow('enough');
});

describe('a gateway with a bucket', () => {
  const start = (variables: Record<string, string>) =>
    startTestApp({
      MEDIA_S3_BUCKET: s3.bucket,
      MEDIA_S3_ENDPOINT: s3.url,
      MEDIA_S3_ACCESS_KEY_ID: s3.key.accessKeyId,
      MEDIA_S3_SECRET_ACCESS_KEY: s3.key.secretAccessKey,
      MEDIA_SECRET: 'a secret of more than thirty-two bytes',
      ...variables,
    });

  test('gives out links of the bucket; with a CDN its own, which it serves from the bucket', async () => {
    const [plain, behindCdn] = await Promise.all([start({}), start({ CDN_BASE_URL: 'https://cdn.example/x/' })]);
    const mediaOf = (app: typeof plain) => app.app.get(MediaStore, { strict: false });
    await mediaOf(plain).put(Readable.from([small]), target());
    expect(await mediaOf(plain).link(KEY, 60_000)).toMatch(`${s3.url}/films/one.mp4?`);
    const link = await mediaOf(behindCdn).link(KEY, 60_000);
    expect(link).toMatch('https://cdn.example/x/media/one.mp4?exp=');
    const answer = await fetch(link.replace('https://cdn.example/x', behindCdn.url), {
      headers: { range: 'bytes=5-99' },
    });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([206, 'bytes 5-99/300000']);
    expect(Buffer.from(await answer.arrayBuffer()).equals(small.subarray(5, 100))).toBe(true);
    expect((await fetch(link.replace('https://cdn.example/x', plain.url).replace(/.$/, '!'))).status).toBe(403);
    await Promise.all([plain.close(), behindCdn.close()]);
  });
});

const stored = (bytes: Buffer) => ({ key: KEY, mediaType: 'video/mp4', bytes: bytes.length });
