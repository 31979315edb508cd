import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { LocalMediaStore } from './local-media-store.js';
import { MediaLinks } from './media-links.js';

const KEY = 'one.mp4';
const target = (maxBytes = 1e9, key = KEY) => ({ key, mediaType: 'video/mp4', maxBytes });

let parent: string;
let folder: string;
let store: LocalMediaStore;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'media-'));
  folder = join(parent, 'data', 'media');
  store = new LocalMediaStore(folder, new MediaLinks('secret', ''));
});
afterEach(() => rm(parent, { recursive: true }));

const put = (bytes: Buffer, key = KEY) => store.put(Readable.from([bytes]), target(undefined, key));
const readAll = async (key = KEY, range?: { first: number; last: number }) => buffer(await store.read(key, range));
const names = () => readdir(folder).catch(() => []);

describe('a file', () => {
  test('is written with its size and its hash, and read back, whole and in parts', async () => {
    const bytes = randomBytes(300_000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await put(bytes)).toEqual({ key: KEY, mediaType: 'video/mp4', bytes: 300_000, sha256 });
    expect(await store.stat(KEY)).toMatchObject({ key: KEY, mediaType: 'video/mp4', bytes: 300_000 });
    expect((await readAll()).equals(bytes)).toBe(true);
    expect((await readAll(KEY, { first: 70_000, last: 199_999 })).equals(bytes.subarray(70_000, 200_000))).toBe(true);
    expect(await names()).toEqual([KEY]);
  });

  test('takes the place of the one before, and its tag changes', async () => {
    await put(Buffer.from('before'));
    const before = await store.stat(KEY);
    const reader = await store.read(KEY);
    await put(Buffer.from('behind'));
    expect((await store.stat(KEY))!.etag).not.toBe(before!.etag);
    expect((await buffer(reader)).toString()).toBe('before');
    expect((await readAll()).toString()).toBe('behind');
  });

  test('that is deleted is gone, and once more does no harm', async () => {
    await put(Buffer.from('x'));
    await store.delete(KEY);
    await store.delete(KEY);
    expect(await store.stat(KEY)).toBeUndefined();
    await expect(store.read(KEY)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('never appears before it is whole', async () => {
    const source = new Readable({ read() {} });
    const written = store.put(source, target());
    source.push(Buffer.alloc(1_000_000));
    while ((await names()).length === 0) await new Promise(setImmediate);
    expect(await store.stat(KEY)).toBeUndefined();
    source.push(null);
    await written;
    expect((await store.stat(KEY))!.bytes).toBe(1_000_000);
  });

  test('is asked for no faster than the disk takes it', async () => {
    let made = 0;
    let mostOnTheWay = 0;
    const source = new Readable({
      read() {
        const onDisk = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
        mostOnTheWay = Math.max(mostOnTheWay, made * 65_536 - onDisk);
        made++;
        this.push(made > 400 ? null : Buffer.alloc(65_536));
      },
    });
    await mkdir(folder, { recursive: true });
    await store.put(source, target());
    expect((await store.stat(KEY))!.bytes).toBe(400 * 65_536);
    expect(mostOnTheWay).toBeLessThan(1e6);
  });
});

describe('nothing is left behind, and the source is destroyed,', () => {
  afterEach(async () => expect(await names()).toEqual([]));

  test('where it is larger than it may be', async () => {
    const source = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(1_000)));
    await expect(store.put(source, target(50_000))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(source.destroyed).toBe(true);
    expect((await store.put(Readable.from([Buffer.alloc(50_000)]), target(50_000))).bytes).toBe(50_000);
    await store.delete(KEY);
  });

  test('where the source fails', async () => {
    const source = new Readable({ read() {} });
    const written = store.put(source, target());
    source.push(Buffer.alloc(10));
    source.destroy(new Error('the provider is gone'));
    await expect(written).rejects.toThrow('the provider is gone');
  });

  test('where the source has failed before', async () => {
    const source = new Readable({ read() {} });
    source.on('error', () => {});
    source.destroy(new Error('gone'));
    await new Promise(setImmediate);
    await expect(store.put(source, target())).rejects.toThrow();
  });

  test('where it is aborted, before or amid', async () => {
    const source = new Readable({ read() {} });
    const abort = new AbortController();
    const written = store.put(source, target(), { signal: abort.signal });
    source.push(Buffer.alloc(10));
    while ((await names()).length === 0) await new Promise(setImmediate);
    abort.abort();
    await expect(written).rejects.toMatchObject({ name: 'AbortError' });
    expect(source.destroyed).toBe(true);
    const late = Readable.from(['x']);
    await expect(store.put(late, target(), { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(late.destroyed).toBe(true);
  });

  test.each([
    '../one.mp4',
    'a/b.mp4',
    '.',
    '..',
    '.one.mp4',
    '',
    'a\0.mp4',
    'a\nb.mp4',
    '/etc/one.mp4',
    `${'a'.repeat(98)}.mp4`,
  ])('where its key is %j, under which there is never anything', async (key) => {
    const source = Readable.from(['x']);
    await expect(store.put(source, target(10, key))).rejects.toThrow();
    expect(source.destroyed).toBe(true);
    expect(await store.stat(key)).toBeUndefined();
    await expect(store.read(key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(store.link(key, 1_000)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await store.delete(key);
  });

  test('where its key says another type', async () => {
    await expect(store.put(Readable.from(['x']), target(10, 'one.png'))).rejects.toThrow('one.png');
  });
});

describe('a store that fails says so, and that it was not the source:', () => {
  test('where no folder can be made', async () => {
    await mkdir(join(parent, 'data'));
    await writeFile(folder, 'a file in its place');
    const source = Readable.from(['x']);
    await expect(store.put(source, target())).rejects.toMatchObject({ name: 'MediaStoreError', fault: 'EEXIST' });
    expect(source.destroyed).toBe(true);
  });

  test('where a file can not take its name', async () => {
    await mkdir(join(folder, KEY), { recursive: true });
    await expect(put(Buffer.from('x'))).rejects.toMatchObject({ name: 'MediaStoreError', fault: 'EISDIR' });
    expect(await names()).toEqual([KEY]);
  });

  test('where the disk takes no more amid', async () => {
    const script = `
      const { Readable } = await import('node:stream');
      const { LocalMediaStore } = await import('./src/media/local-media-store.js');
      const store = new LocalMediaStore(${JSON.stringify(folder)}, undefined);
      const pieces = Array.from({ length: 64 }, () => Buffer.alloc(16_384));
      await store.put(Readable.from(pieces), { key: 'one.mp4', mediaType: 'video/mp4', maxBytes: 1e9 })
        .catch(({ name, fault }) => console.log(name, fault));`;
    const limited = ['-c', 'ulimit -f 256; exec "$0" "$@"', process.execPath];
    const node = [
      '--import',
      './test/support/typescript-hooks.js',
      '--no-warnings',
      '--input-type=module',
      '-e',
      script,
    ];
    const { stdout } = await promisify(execFile)('bash', [...limited, ...node]);
    expect(stdout).toBe('MediaStoreError EFBIG\n');
    expect(await names()).toEqual([]);
  });
});

test('files are listed by how their keys begin, and nothing else is', async () => {
  const listed = async () => {
    const found = [];
    for await (const each of store.list('input-')) found.push(each);
    return found;
  };
  expect(await listed()).toEqual([]);
  for (const key of ['input-1.mp4', 'input-2.mp4', 'one.mp4']) await put(Buffer.from('x'), key);
  await mkdir(join(folder, 'input-folder.mp4'));
  await utimes(join(folder, 'input-1.mp4'), 1, 1);
  const files = (await listed()).sort((a, b) => a.key.localeCompare(b.key));
  expect(files.map(({ key }) => key)).toEqual(['input-1.mp4', 'input-2.mp4']);
  expect(files[0]!.modifiedAt).toEqual(new Date(1_000));
});

test('links and folders in the folder are no files', async () => {
  await mkdir(join(folder, 'folder.mp4'), { recursive: true });
  await writeFile(join(parent, 'passwords'), 'secret');
  await symlink(join(parent, 'passwords'), join(folder, 'link.mp4'));
  for (const key of ['folder.mp4', 'link.mp4']) {
    expect(await store.stat(key)).toBeUndefined();
    await expect(store.read(key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});

test('what killed processes left is removed after a while, and nothing else', async () => {
  expect(await store.removeDrafts(0)).toBe(0);
  await put(Buffer.from('x'));
  const old = '.00000000-0000-4000-8000-000000000000.part';
  const young = '.00000000-0000-4000-8000-000000000001.part';
  for (const name of [old, young, '.keep', 'other.part']) await writeFile(join(folder, name), '');
  for (const name of [old, KEY, '.keep', 'other.part']) await utimes(join(folder, name), 1, 1);
  expect(await store.removeDrafts(3_600_000)).toBe(1);
  expect((await names()).sort()).toEqual(['.keep', young, KEY, 'other.part'].sort());
});

test('a reader that goes away leaves no file open', async () => {
  await put(Buffer.alloc(1_000_000));
  const open = async () => (await readdir('/proc/self/fd')).length;
  const before = await open();
  for (let turn = 0; turn < 50; turn++) (await store.read(KEY)).destroy();
  while ((await open()) > before) await new Promise(setImmediate);
  expect((await readFile(join(folder, KEY))).length).toBe(1_000_000);
});
