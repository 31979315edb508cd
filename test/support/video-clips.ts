import ffmpeg from '@ffmpeg-installer/ffmpeg';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface ClipOptions {
  width?: number;
  height?: number;
  seconds?: number;
  /** 10, or a fraction such as '30000/1001'. */
  framesPerSecond?: number | string;
  /** How the file ends, which tells ffmpeg what to write. */
  extension?: 'mp4' | 'mov' | 'webm' | 'm4a' | 'png' | 'jpg' | 'webp';
  /** Further arguments before the output's name. */
  output?: readonly string[];
}

const run = promisify(execFile);

/** The bytes of a moving test picture (or a still one), as ffmpeg makes them now. */
export async function makeClip(options: ClipOptions = {}): Promise<Buffer> {
  const { width = 320, height = 180, seconds = 1, framesPerSecond = 10, extension = 'mp4', output = [] } = options;
  const folder = await mkdtemp(join(tmpdir(), 'clip-'));
  try {
    const path = join(folder, `clip.${extension}`);
    const picture = `testsrc=size=${width}x${height}:rate=${framesPerSecond}:duration=${seconds}`;
    const still = ['png', 'jpg', 'webp'].includes(extension) ? ['-frames:v', '1'] : [];
    const input = extension === 'm4a' ? `sine=duration=${seconds}` : picture;
    const colours = extension === 'mp4' || extension === 'mov' ? ['-pix_fmt', 'yuv420p'] : [];
    await run(ffmpeg.path, ['-v', 'error', '-f', 'lavfi', '-i', input, ...still, ...colours, ...output, path]);
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}
