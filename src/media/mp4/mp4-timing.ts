import { boxesOf, boxHeader, firstBox } from './mp4-boxes.js';
import type { Mp4Outline } from './mp4-outline.js';

/** How long a video track is. */
export interface VideoTiming {
  /** 0: nothing tells. */
  seconds: number;
  /** Pictures. 0: nothing tells. */
  frames: number;
}

/** In units of the track's own clock. */
interface Samples {
  ticks: number;
  frames: number;
}

/**
 * How long the first video track lasts, and of how many pictures it is. Its header and its tables may differ: the longer
 * of the two counts, as nobody is to pay for less than a provider plays. Nothing is unfolded: a table that claims four
 * billion pictures costs as much as one that claims one.
 */
export function videoTiming({ moov, moofs }: Mp4Outline): VideoTiming {
  const content = moov.subarray(boxHeader(moov, 0, moov.length).headerBytes);
  const track = boxesOf(content, 'trak').find(isVideo);
  const header = track && firstBox(track, 'mdia/mdhd');
  const { timescale, duration } = header ? mediaHeader(header) : { timescale: 0, duration: 0 };
  if (!track || timescale === 0) return { seconds: 0, frames: 0 };
  const whole = tableSamples(track);
  const parts = fragmentSamples(trackId(track), content, moofs);
  const ticks = Math.max(duration, whole.ticks + parts.ticks);
  return { seconds: ticks / timescale, frames: whole.frames + parts.frames };
}

function isVideo(track: Buffer): boolean {
  return firstBox(track, 'mdia/hdlr')?.toString('latin1', 8, 12) === 'vide';
}

/** ISO/IEC 14496-12 section 8.4.2; a duration of all ones is none. */
function mediaHeader(box: Buffer): { timescale: number; duration: number } {
  if (box[0] === 1) {
    const duration = box.readBigUInt64BE(24);
    return { timescale: box.readUInt32BE(20), duration: duration === 0xffff_ffff_ffff_ffffn ? 0 : Number(duration) };
  }
  const duration = box.readUInt32BE(16);
  return { timescale: box.readUInt32BE(12), duration: duration === 0xffff_ffff ? 0 : duration };
}

/** Section 8.3.2. */
function trackId(track: Buffer): number {
  const header = firstBox(track, 'tkhd');
  return header ? header.readUInt32BE(header[0] === 1 ? 20 : 12) : 0;
}

/** Sections 8.6.1.2 (runs of pictures that last alike) and 8.7.3 (how many there are, where both of its forms say it). */
function tableSamples(track: Buffer): Samples {
  const sizes = firstBox(track, 'mdia/minf/stbl/stsz') ?? firstBox(track, 'mdia/minf/stbl/stz2');
  const times = firstBox(track, 'mdia/minf/stbl/stts') ?? Buffer.alloc(8);
  let ticks = 0;
  for (let at = 8; at + 8 <= times.length; at += 8) ticks += times.readUInt32BE(at) * times.readUInt32BE(at + 4);
  return { ticks, frames: sizes?.readUInt32BE(8) ?? 0 };
}

/** Section 8.8: the sum of what the fragments of the track have. */
function fragmentSamples(id: number, movie: Buffer, moofs: Buffer[]): Samples {
  const defaults = firstBox(movie, 'mvex') ?? Buffer.alloc(0);
  const own = boxesOf(defaults, 'trex').find((box) => box.readUInt32BE(4) === id);
  const usual = own?.readUInt32BE(12) ?? 0;
  let ticks = 0;
  let frames = 0;
  for (const fragment of moofs.flatMap((moof) => boxesOf(moof, 'traf'))) {
    const header = firstBox(fragment, 'tfhd');
    if (header?.readUInt32BE(4) !== id) continue;
    for (const run of boxesOf(fragment, 'trun')) {
      ticks += runDuration(run, fragmentDefault(header) ?? usual);
      frames += run.readUInt32BE(4);
    }
  }
  return { ticks, frames };
}

/** Section 8.8.7: optional fields stand before it. */
function fragmentDefault(header: Buffer): number | undefined {
  const flags = header.readUIntBE(1, 3);
  if ((flags & 0x08) === 0) return undefined;
  return header.readUInt32BE(8 + (flags & 0x01 ? 8 : 0) + (flags & 0x02 ? 4 : 0));
}

/** Section 8.8.8: what each sample lasts is the first of its fields. */
function runDuration(run: Buffer, usual: number): number {
  const flags = run.readUIntBE(1, 3);
  const count = run.readUInt32BE(4);
  if ((flags & 0x100) === 0) return count * usual;
  const sampleBytes = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
  let sum = 0;
  let at = 8 + (flags & 0x01 ? 4 : 0) + (flags & 0x04 ? 4 : 0);
  for (let sample = 0; sample < count; sample++, at += sampleBytes) sum += run.readUInt32BE(at);
  return sum;
}
