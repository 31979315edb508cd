import { randomUUID } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { lstat, mkdir, open, opendir, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Stream } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkedKey, isMediaKey, mediaTypeOf, noSuchFile } from './media-key.js';
import type { MediaLinks } from './media-links.js';
import { MediaStoreError } from './media-store-error.js';
import {
  MediaStore,
  type ByteRange,
  type ListedMedia,
  type MediaState,
  type PutMedia,
  type StoredMedia,
} from './media-store.js';
import { MeasuredBytes } from './measured-bytes.js';
import { assertTypeFits } from './put-media.js';

/** Drafts are no keys: theirs have no leading dot. */
const DRAFT = /^\.[0-9a-f-]{36}\.part$/;

/**
 * Files in one folder. A file is written under another name, flushed to the disk, and renamed: whoever looks finds it
 * whole or not at all, also after a power failure.
 */
export class LocalMediaStore extends MediaStore {
  constructor(
    private readonly folder: string,
    private readonly links: MediaLinks,
  ) {
    super();
  }

  async put(source: Readable, target: PutMedia, options: { signal?: AbortSignal } = {}): Promise<StoredMedia> {
    source.on('error', ignore); // it may fail before anyone reads it; whoever reads it then is told
    const draft = join(this.folder, `.${randomUUID()}.part`);
    try {
      assertTypeFits(target);
      await mkdir(this.folder, { recursive: true }).catch(storeFailed);
      const measured = new MeasuredBytes(target.maxBytes);
      await this.write(source, measured, draft, options);
      await rename(draft, this.pathOf(target.key)).catch(storeFailed);
      await flushFolder(this.folder).catch(storeFailed);
      const { key, mediaType } = target;
      return { key, mediaType, bytes: measured.bytes, sha256: measured.sha256() };
    } catch (error) {
      source.destroy();
      await rm(draft, { force: true }).catch(ignore); // DraftSweeper comes by
      throw error;
    }
  }

  async *list(prefix: string): AsyncGenerator<ListedMedia> {
    const folder = await opendir(this.folder).catch(undefinedIfAbsent);
    if (!folder) return;
    for await (const { name } of folder) {
      if (!name.startsWith(prefix) || !isMediaKey(name)) continue;
      const found = await lstat(this.pathOf(name)).catch(undefinedIfAbsent);
      if (found?.isFile()) yield { key: name, modifiedAt: found.mtime };
    }
  }

  async stat(key: string): Promise<MediaState | undefined> {
    if (!isMediaKey(key)) return undefined;
    const found = await lstat(this.pathOf(key), { bigint: true }).catch(undefinedIfAbsent);
    if (!found?.isFile()) return undefined;
    const etag = `${found.size.toString(16)}-${found.mtimeNs.toString(16)}`;
    return { key, bytes: Number(found.size), mediaType: mediaTypeOf(key), modifiedAt: found.mtime, etag };
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const file = await this.open(key);
    const part = range === undefined ? {} : { start: range.first, end: range.last };
    return file.createReadStream(part);
  }

  async delete(key: string): Promise<void> {
    if (isMediaKey(key)) await rm(this.pathOf(key), { force: true });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a key that is none rejects, as everywhere
  async link(key: string, expiresInMs: number): Promise<string> {
    return this.links.sign(checkedKey(key), expiresInMs);
  }

  /** Removes what killed processes left half-written. @returns how many files that were */
  async removeDrafts(olderThanMs: number): Promise<number> {
    const names = (await readdir(this.folder).catch(undefinedIfAbsent)) ?? [];
    let removed = 0;
    for (const name of names.filter((each) => DRAFT.test(each))) {
      const draft = await lstat(join(this.folder, name)).catch(undefinedIfAbsent);
      if (draft === undefined || Date.now() - draft.mtimeMs < olderThanMs) continue;
      await rm(join(this.folder, name), { force: true });
      removed++;
    }
    return removed;
  }

  /** A pipeline fails all of its streams with the first one's error: whose that was, who failed first tells. */
  private async write(
    source: Readable,
    measured: MeasuredBytes,
    draft: string,
    options: { signal?: AbortSignal },
  ): Promise<void> {
    const file = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true });
    let failedFirst: Stream | undefined = source.destroyed ? source : undefined;
    for (const stream of [source, measured, file]) stream.once('error', () => (failedFirst ??= stream));
    try {
      await pipeline(source, measured, file, options);
    } catch (error) {
      throw failedFirst === file ? new MediaStoreError(error) : error;
    }
  }

  /** Follows no link: what lies in the folder is there because it was stored. */
  private async open(key: string): Promise<FileHandle> {
    try {
      const file = await open(this.pathOf(key), constants.O_RDONLY | constants.O_NOFOLLOW);
      if ((await file.stat()).isFile()) return file;
      await file.close();
    } catch (error) {
      if (!isCode(error, 'ENOENT', 'ELOOP', 'EMLINK')) throw error;
    }
    throw noSuchFile();
  }

  private pathOf(key: string): string {
    return join(this.folder, checkedKey(key));
  }
}

/** A rename is on the disk when its folder is. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function storeFailed(error: unknown): never {
  throw new MediaStoreError(error);
}

function undefinedIfAbsent(error: unknown): undefined {
  if (!isCode(error, 'ENOENT')) throw error;
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

function ignore(): void {}
