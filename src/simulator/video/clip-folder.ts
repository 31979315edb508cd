import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Size } from './size.js';
import { readSize, sizeText } from './size.js';

/** What scripts/make-clips.mjs made: a second of video for each size, and still pictures of some. */
const FOLDER = new URL('./clips/', import.meta.url);

const NAMES: readonly string[] = readdirSync(FOLDER);

/** Every size of which there are videos. */
export const CLIP_SIZES: readonly Size[] = NAMES.filter((name) => name.endsWith('.mp4')).map((name) =>
  readSize(name.slice(0, -'.mp4'.length))!,
);

/** A second of video, which can be put behind itself as often as one likes. @throws where there is none of this size. */
export function readClip(size: Size): Promise<Buffer> {
  return readFile(new URL(`${sizeText(size)}.mp4`, FOLDER));
}

/** A still picture of a video, or ten of them in one; undefined: none is kept of this size. */
export async function readStill(size: Size, kind: 'webp' | 'jpg'): Promise<Buffer | undefined> {
  const name = `${sizeText(size)}.${kind}`;
  return NAMES.includes(name) ? readFile(new URL(name, FOLDER)) : undefined;
}
