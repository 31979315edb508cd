import { deflateSync } from 'node:zlib';

/** A PNG of one colour, as base64: a real one, small, of any size in pixels. */
export function pngOf(width: number, height: number): string {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8); // one bit a pixel, grey
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height);
  const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', deflateSync(rows)), pngChunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]).toString('base64');
}

/** The beginning of a JPEG, up to the segment that has its size, after comments of so many bytes. */
export function jpegHeaderOf(width: number, height: number, commentBytes = 0): string {
  const comments: Buffer[] = [];
  for (let left = commentBytes; left > 0; left -= 60_000) {
    const length = Math.min(left, 60_000);
    comments.push(Buffer.from([0xff, 0xfe, (length + 2) >> 8, (length + 2) & 0xff]), Buffer.alloc(length));
  }
  const size = [height >> 8, height & 0xff, width >> 8, width & 0xff];
  const frame = Buffer.from([0xff, 0xc2, 0, 11, 8, ...size, 1, 1, 0x11, 0]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...comments, frame]).toString('base64');
}

function pngChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
