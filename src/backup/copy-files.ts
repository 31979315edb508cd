import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isMediaKey } from '../media/media-key.js';
import type { BackedUpFile } from './backup-manifest.js';
import { Digest } from './digest-file.js';

const FOLDER = 'media';

/**
 * Copies a file into a backup.
 * @param file its name below the backup's folder
 * @throws Error of the file system
 */
export async function backUpFile(source: string, folder: string, file: string): Promise<BackedUpFile> {
  const digest = new Digest();
  const target = createWriteStream(join(folder, file), { mode: 0o600, flags: 'wx', flush: true });
  await pipeline(createReadStream(source), digest, target);
  return { file, bytes: digest.bytes, sha256: digest.sha256() };
}

/**
 * Copies the files of videos. To be called after the database was copied: a file is there before its row says so, and
 * never changes. One that is deleted meanwhile is left out: its time was over.
 */
export async function backUpMedia(mediaFolder: string, folder: string): Promise<BackedUpFile[]> {
  await mkdir(join(folder, FOLDER), { recursive: true, mode: 0o700 });
  const copied: BackedUpFile[] = [];
  for (const key of (await namesIn(mediaFolder)).filter(isMediaKey).sort()) {
    try {
      copied.push(await backUpFile(join(mediaFolder, key), folder, `${FOLDER}/${key}`));
    } catch (error) {
      if (!isAbsence(error)) throw error;
    }
  }
  return copied;
}

/** @throws Error where a folder has files of videos */
export async function assertNoMedia(mediaFolder: string): Promise<void> {
  const [there] = (await namesIn(mediaFolder)).filter(isMediaKey);
  if (there !== undefined) throw new Error(`${mediaFolder} is not empty: it has ${there}; restore into a new one`);
}

/** Copies them back. @throws Error where one came out otherwise than it went in */
export async function restoreMedia(folder: string, media: BackedUpFile[], mediaFolder: string): Promise<void> {
  await mkdir(mediaFolder, { recursive: true });
  for (const { file, sha256 } of media) {
    const digest = new Digest();
    const target = join(mediaFolder, file.slice(FOLDER.length + 1));
    await pipeline(
      createReadStream(join(folder, file)),
      digest,
      createWriteStream(target, { mode: 0o600, flags: 'wx', flush: true }),
    );
    if (digest.sha256() !== sha256) throw new Error(`${file} of the backup changed while it was copied`);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isAbsence(error)) return [];
    throw error;
  });
}

function isAbsence(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
