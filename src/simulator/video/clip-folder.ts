import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { readSize, sizeText, type Size } from './size.js';

/** What scripts/make-clips.mjs made: for each size a second of video and its first picture, for some ten pictures in one. */
const FOLDER = new URL('./clips/', import.meta.url);

let files: readonly string[] | undefined;

/** Read when a video is first asked for: whoever simulates nothing needs no clips. */
function fileNames(): readonly string[] {
  return (files ??= readdirSync(FOLDER));
}

/** Every size of which there are videos. */
export function clipSizes(): Size[] {
  return fileNames().flatMap((name) => (name.endsWith('.mp4') ? (readSize(name.slice(0, -'.mp4'.length)) ?? []) : []));
}

/** A second of video, which can be put behind itself as often as one likes. @throws where there is none of this size. */
export function readClip(size: Size): Promise<Buffer> {
  return readFile(new URL(`${sizeText(size)}.mp4`, FOLDER));
}

/** The first picture of a video (webp), or ten of them in one (jpg); undefined: none is kept of this size. */
export async function readStill(size: Size, kind: 'webp' | 'jpg'): Promise<Buffer | undefined> {
  const name = `${sizeText(size)}.${kind}`;
  return fileNames().includes(name) ? readFile(new URL(name, FOLDER)) : undefined;
}
