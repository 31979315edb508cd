/** The kinds of images that every vendor takes. */
export const IMAGE_MEDIA_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;
export type ImageMediaType = (typeof IMAGE_MEDIA_TYPES)[number];

/** What the first bytes of an image tell. */
export interface ImageHeader {
  mediaType: ImageMediaType;
  /** In pixels; absent where the header doesn't say it, or only after more than a megabyte of other things. */
  size?: ImageSize;
}

export interface ImageSize {
  width: number;
  height: number;
}

/** Of the base64 text; enough for all but JPEGs with large comments, colour profiles or thumbnails. */
const FIRST_LOOK_CHARACTERS = 4_096;
const LONGEST_LOOK_CHARACTERS = 1_500_000;

/** @returns undefined: the bytes are none of these images */
export function readImageHeader(base64: string): ImageHeader | undefined {
  const first = imageHeaderOf(Buffer.from(base64.slice(0, FIRST_LOOK_CHARACTERS), 'base64'));
  if (first?.mediaType !== 'image/jpeg' || first.size || base64.length <= FIRST_LOOK_CHARACTERS) return first;
  return imageHeaderOf(Buffer.from(base64.slice(0, LONGEST_LOOK_CHARACTERS), 'base64'));
}

/** The same of an image's bytes, or of as many of them as there are. */
export function imageHeaderOf(bytes: Buffer): ImageHeader | undefined {
  const mediaType = mediaTypeOf(bytes);
  if (mediaType === undefined) return undefined;
  const size = sizeOf(mediaType, bytes);
  return size && size.width > 0 && size.height > 0 ? { mediaType, size } : { mediaType };
}

function mediaTypeOf(bytes: Buffer): ImageMediaType | undefined {
  const begins = bytes.toString('latin1', 0, 12);
  if (begins.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (begins.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (begins.startsWith('GIF87a') || begins.startsWith('GIF89a')) return 'image/gif';
  return begins.startsWith('RIFF') && begins.endsWith('WEBP') ? 'image/webp' : undefined;
}

function sizeOf(mediaType: ImageMediaType, bytes: Buffer): ImageSize | undefined {
  switch (mediaType) {
    case 'image/png':
      return bytes.length < 24 ? undefined : { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
    case 'image/gif':
      return bytes.length < 10 ? undefined : { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
    case 'image/webp':
      return webpSize(bytes);
    case 'image/jpeg':
      return jpegSize(bytes);
    default:
      return mediaType satisfies never;
  }
}

/** By its first chunk: lossy, lossless or extended. */
function webpSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 30) return undefined;
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

/** Goes from segment to segment to the one that begins a frame. */
function jpegSize(bytes: Buffer): ImageSize | undefined {
  for (let at = 2; at + 9 <= bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff)
      at += 1; // padding
    else if (isStartOfFrame(marker)) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    else at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

/** SOF0 to SOF15, without the tables that lie between them (DHT, JPG, DAC). */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
