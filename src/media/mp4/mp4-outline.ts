import { BOX_HEADER_BYTES, boxHeader, type BoxHeader } from './mp4-boxes.js';
import { UnplayableVideoError } from './unplayable-video-error.js';

/** A file that is read in parts. */
export interface ByteSource {
  bytes: number;
  /** Both included, both within the file. */
  read(first: number, last: number): Promise<Buffer>;
}

/** The parts of an MP4 that say what it is: everything but its pictures and sounds. */
export interface Mp4Outline {
  /** With its header. */
  ftyp: Buffer;
  /** With its header. */
  moov: Buffer;
  /** What the fragments' heads hold, without their headers. */
  moofs: Buffer[];
}

/** An hour of 60 pictures a second needs about 4 MB. */
const MOST_OUTLINE_BYTES = 32 * 1024 * 1024;
/** A fragment has two or three. */
const MOST_BOXES = 4_096;

/**
 * Walks over the outermost boxes, wherever the moov is. What it keeps is bounded, whatever the file says of itself.
 * @throws UnplayableVideoError where it is no MP4, is cut off, or says too much of itself
 */
export async function readOutline(source: ByteSource): Promise<Mp4Outline> {
  let ftyp: Buffer | undefined;
  let moov: Buffer | undefined;
  let hasMedia = false;
  const moofs: Buffer[] = [];
  let budget = MOST_OUTLINE_BYTES;
  for (let at = 0, boxes = 0; at < source.bytes; boxes++) {
    if (boxes === MOST_BOXES) throw new UnplayableVideoError('it has too many boxes');
    const box = await headerAt(source, at);
    if (boxes === 0 && box.type !== 'ftyp') throw new UnplayableVideoError('it does not begin as an MP4 does');
    const isKept = box.type === 'moof' || (box.type === 'moov' && !moov) || boxes === 0;
    if (isKept && (budget -= box.bytes) < 0) throw new UnplayableVideoError('its description is too long');
    const kept = isKept ? await source.read(at, at + box.bytes - 1) : undefined;
    if (kept && boxes === 0) ftyp = kept;
    else if (kept && box.type === 'moov') moov = kept;
    else if (kept) moofs.push(kept.subarray(box.headerBytes));
    hasMedia ||= box.type === 'mdat' && box.bytes > box.headerBytes;
    at += box.bytes;
  }
  if (!ftyp || ftyp.toString('latin1', 8, 12) === 'qt  ') throw new UnplayableVideoError('it is no MP4');
  if (!moov || !hasMedia) throw new UnplayableVideoError('it has no pictures');
  return { ftyp, moov, moofs };
}

async function headerAt(source: ByteSource, at: number): Promise<BoxHeader> {
  const last = Math.min(at + BOX_HEADER_BYTES, source.bytes) - 1;
  return boxHeader(await source.read(at, last), 0, source.bytes - at);
}
