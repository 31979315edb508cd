import type { Size } from './size.js';

/** Width and height of a PNG, a JPEG or a WebP; undefined: it is none of them, or broken. */
export function imageSize(bytes: Buffer): Size | undefined {
  try {
    return pngSize(bytes) ?? jpegSize(bytes) ?? webpSize(bytes);
  } catch {
    return undefined; // it ends too early
  }
}

function pngSize(bytes: Buffer): Size | undefined {
  if (bytes.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Goes from segment to segment until the one that begins a frame (ITU-T T.81, B.2.2). */
function jpegSize(bytes: Buffer): Size | undefined {
  if (bytes.toString('latin1', 0, 2) !== '\xff\xd8') return undefined;
  let at = 2;
  for (;;) {
    const marker = bytes.readUInt16BE(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
}

/** The three kinds of RFC 9649: lossy, lossless, extended. */
function webpSize(bytes: Buffer): Size | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP') return undefined;
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}
