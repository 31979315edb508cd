import ffmpeg from '@ffmpeg-installer/ffmpeg';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MEGABITS = 16;
/** A picture that can be jumped to every second. */
const RATE = 5;

/** The same pictures in two files. */
export interface LargeVideo {
  /** With the index (`moov`) at its beginning, for players over a network. */
  indexFirst: Buffer;
  /** With the index at its end, as cameras write it. */
  indexLast: Buffer;
}

/** An MP4 of 2 MB a second, 1280 × 720, whose colour goes once around the circle: at the time t its hue is 360 t / seconds. */
export async function makeLargeVideo(seconds: number): Promise<LargeVideo> {
  const folder = await mkdtemp(join(tmpdir(), 'large-'));
  const [first, last] = [join(folder, 'first.mp4'), join(folder, 'last.mp4')];
  try {
    const colour = `color=red:size=1280x720:rate=${RATE}:duration=${seconds},hue=h=360*t/${seconds}`;
    const picture = `${colour},noise=alls=40:allf=t`;
    const bitrate = ['-b:v', `${MEGABITS}M`, '-minrate', `${MEGABITS}M`, '-maxrate', `${MEGABITS}M`, '-bufsize', '4M'];
    const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', `${RATE}`];
    const rate = [...bitrate, '-x264-params', 'nal-hrd=cbr'];
    await run(ffmpeg.path, ['-v', 'error', '-f', 'lavfi', '-i', picture, ...codec, ...rate, last]);
    await run(ffmpeg.path, ['-v', 'error', '-i', last, '-c', 'copy', '-movflags', '+faststart', first]);
    return { indexFirst: await readFile(first), indexLast: await readFile(last) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
