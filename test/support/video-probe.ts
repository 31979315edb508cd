import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { path as ffmpeg } from '@ffmpeg-installer/ffmpeg';
import { path as ffprobe } from '@ffprobe-installer/ffprobe';

const run = promisify(execFile);

/** What ffprobe says of a video. */
export interface ProbedVideo {
  codec: string;
  pixels: string;
  width: number;
  height: number;
  seconds: number;
  /** Pictures. */
  frames: number;
}

/** Asks ffprobe what a file is. @param folder where the file may be put meanwhile @throws where it can't be read */
export async function probeVideo(bytes: Buffer, folder: string): Promise<ProbedVideo> {
  const file = join(folder, 'probed.mp4');
  await writeFile(file, bytes);
  const entries = 'stream=codec_name,pix_fmt,width,height,nb_frames:format=duration';
  const { stdout } = await run(ffprobe, ['-v', 'error', '-of', 'json', '-show_entries', entries, file]);
  const { streams, format } = JSON.parse(stdout);
  const [{ codec_name: codec, pix_fmt: pixels, width, height, nb_frames: frames }] = streams;
  return { codec, pixels, width, height, seconds: Number(format.duration), frames: Number(frames) };
}

/** Plays a file to its end without showing it. @returns what was wrong with it; '': nothing */
export async function playVideo(bytes: Buffer, folder: string): Promise<string> {
  const file = join(folder, 'played.mp4');
  await writeFile(file, bytes);
  const { stderr } = await run(ffmpeg, ['-v', 'error', '-xerror', '-i', file, '-f', 'null', '-']);
  return stderr;
}
