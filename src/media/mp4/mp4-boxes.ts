import { UnplayableVideoError } from './unplayable-video-error.js';

/** The beginning of a box (ISO/IEC 14496-12 section 4.2): how long all of it is, and how much of that is its header. */
export interface BoxHeader {
  type: string;
  bytes: number;
  headerBytes: number;
}

/** The longest header of a box. */
export const BOX_HEADER_BYTES = 16;

/**
 * The box that begins there.
 * @param left bytes from there to the end of what holds it; a box of size 0 reaches that far
 * @throws UnplayableVideoError where no box can be this long
 */
export function boxHeader(buffer: Buffer, at: number, left: number): BoxHeader {
  if (left < 8 || buffer.length - at < 8) throw new UnplayableVideoError('a box is cut off');
  const size = buffer.readUInt32BE(at);
  const type = buffer.toString('latin1', at + 4, at + 8);
  const isLong = size === 1;
  if (isLong && buffer.length - at < 16) throw new UnplayableVideoError('a box is cut off');
  const headerBytes = isLong ? 16 : 8;
  const bytes = size === 0 ? left : isLong ? Number(buffer.readBigUInt64BE(at + 8)) : size;
  if (bytes < headerBytes || bytes > left) throw new UnplayableVideoError('a box is longer than what holds it');
  return { type, bytes, headerBytes };
}

/** What the boxes of one type hold, among those that stand side by side in `content`. */
export function boxesOf(content: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; content.length - at >= 8;) {
    const box = boxHeader(content, at, content.length - at);
    if (box.type === type) found.push(content.subarray(at + box.headerBytes, at + box.bytes));
    at += box.bytes;
  }
  return found;
}

/** The first of them, at the end of a path such as 'mdia/mdhd'. */
export function firstBox(content: Buffer, path: string): Buffer | undefined {
  let inner: Buffer | undefined = content;
  for (const type of path.split('/')) inner = inner && boxesOf(inner, type)[0];
  return inner;
}
